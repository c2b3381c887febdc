internal import Loop

/// MongoDB, reached from threads that own a client each. Every operation hops to one of them and brings its task back to where it was.
///
/// Reads are majority reads, writes are answered when a majority has them on disk. Everything is bounded: what may wait, how long, and how
/// long it may take. While no server can be found, one operation at a time looks for it and the others fail at once.
public final class MongoPool: Sendable {
    private let workers: Workers<MongoClient>
    private let gate = MongoGate()
    let configuration: MongoConfiguration

    /// Connects to nothing yet. Throws when the URI is wrong.
    public init(_ configuration: MongoConfiguration) throws(MongoError) {
        MongoLog.install
        let native = try NativePool(configuration)
        self.configuration = configuration
        workers = Workers(threads: configuration.threads, waiting: configuration.waiting, name: "mongo") { MongoClient(of: native) }
    }

    /// With the limits as they stand.
    public convenience init(uri: String, threads: Int) throws(MongoError) {
        try self.init(MongoConfiguration(uri: uri, threads: threads))
    }

    /// A collection; nothing is asked of the server.
    public func collection(_ database: String, _ name: String) -> MongoCollection {
        MongoCollection(pool: self, database: database, name: name)
    }

    /// How many operations wait for a thread.
    public var waiting: Int { workers.waiting }

    /// Several operations on one thread, one after the other; what they read is shaped there too. Not in a transaction.
    ///
    /// Throws `MongoError`, `CancellationError` when the task is cancelled while it waits for a thread, and what `body` throws.
    public func run<R: Sendable>(_ body: @escaping @Sendable (borrowing MongoSession) throws -> R) async throws -> R {
        try await run(OperationSpan("session"), body)
    }

    /// The same as a step of the task's trace.
    func run<R: Sendable>(_ span: OperationSpan?, _ body: @escaping @Sendable (borrowing MongoSession) throws -> R) async throws -> R {
        do {
            let result = try await queue(body)
            span?.end(nil)
            return result
        } catch {
            let error = MongoPool.named(error, configuration)
            if let error = error as? MongoError { MongoMeter.shared.failed(error) }
            span?.end(error)
            throw error
        }
    }

    private func queue<R: Sendable>(_ body: @escaping @Sendable (borrowing MongoSession) throws -> R) async throws -> R {
        let pass = gate.enter()
        if case .refused(let error) = pass { throw error }
        defer { if pass == .probe { gate.endProbe() } }
        MongoMeter.shared.queued(workers.waiting)
        let queued = monotonicMilliseconds(), deadline = Deadline.current
        return try await workers.run(mayLeave: true) { [gate, all = configuration] client in
            let configuration = all.within(deadline)
            try MongoPool.admit(pass, queued, gate, configuration)
            return try MongoPool.measured(gate, configuration) { try body(MongoSession(client.raw, nil, configuration)) }
        }
    }

    private static func named(_ error: any Error, _ configuration: MongoConfiguration) -> any Error {
        switch error as? WorkersError {
        case .queueFull: MongoError(.overloaded, message: "\(configuration.waiting) operations wait already")
        case .stopped: MongoError(.closed, message: "the pool is closed")
        case .late: MongoError(.timeout, message: "no time is left")
        case nil: error
        }
    }

    /// What has waited too long, or for a server that is known to be gone, does not begin.
    private static func admit(_ pass: MongoGate.Pass, _ queued: Int, _ gate: MongoGate, _ configuration: MongoConfiguration) throws(MongoError) {
        let waited = monotonicMilliseconds() - queued
        MongoMeter.shared.begun(afterMilliseconds: waited)
        if pass == .open, let failure = gate.failure { throw failure }
        if waited > configuration.waitMilliseconds { throw MongoError(.overloaded, message: "waited \(waited) ms for a thread") }
    }

    /// Tells the gate what came of it. libmongoc calls a socket's timeout a socket error: what took as long is called a timeout here.
    private static func measured<R>(_ gate: MongoGate, _ configuration: MongoConfiguration, _ body: () throws -> R) throws -> R {
        let begun = monotonicMilliseconds()
        defer { MongoMeter.shared.ended(afterMilliseconds: monotonicMilliseconds() - begun) }
        do {
            let result = try body()
            gate.opened()
            return result
        } catch var error as MongoError {
            if error.isSelectionFailure { gate.failed(error) } else if error.kind != .connection { gate.opened() }
            if error.kind == .connection, !error.isSelectionFailure, monotonicMilliseconds() - begun >= configuration.socketMilliseconds {
                error.kind = .timeout
            }
            throw error
        }
    }

    /// Whether a primary answers, as an error when none does.
    public func ping() async throws {
        _ = try await runCommand(["ping": 1], on: "admin")
    }

    /// A command of the database's own language, as it is; the server's reply. Neither retried nor with a write concern.
    public func runCommand(_ command: BSONDocument, on database: String) async throws -> BSONDocument {
        try await run { session in try session.run(command, on: database) }
    }

    /// Removes a database and all that is in it.
    public func dropDatabase(_ database: String) async throws {
        _ = try await run { session in try session.write(["dropDatabase": 1], on: database) }
    }

    /// Takes no more operations, finishes those that wait, closes the connections.
    public func close() async { await workers.stop() }
}
