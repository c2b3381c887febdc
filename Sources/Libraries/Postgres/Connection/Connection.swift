internal import CPostgres
import Glibc
import Loop

/// One connection in pipeline mode: any number of callers send, answers come in order. All of it runs on its loop.
final class Connection: @unchecked Sendable {   // touched on its loop's thread only
    typealias Outcome = Result<[Rows], PostgresError>
    typealias Waiter = UnsafeContinuation<Outcome, Never>
    typealias Call = (Statement, [Parameter])
    typealias Queue = PipelineQueue<Waiter, Rows>

    /// What the connection tells its owner.
    struct Events {
        /// A batch was answered, whether or not somebody still waited.
        var answered: () -> Void = {}
        /// It is dead and closed; called once.
        var lost: (PostgresError) -> Void = { _ in }
        /// NOTIFY, on a connection that listens.
        var notified: (PostgresNotification) -> Void = { _ in }
    }

    /// How long after the server's own limit an answer is given up.
    static let grace: UInt64 = 2000

    let loop: Loop
    let raw: OpaquePointer
    let statementTimeout: UInt64
    var events = Events()
    /// Why it is dead; nil while it lives.
    private(set) var lost: PostgresError?
    var queue = Queue()
    var prepared = PreparedStatements()
    /// Why a statement that callers have sent already could not be prepared.
    var preparationFailures: [PreparedStatements.Key: PostgresError] = [:]
    /// Set while one task speaks to the connection alone, outside of pipeline mode.
    var exclusive: Exclusive?
    private(set) var watch: Watch?
    private(set) var wantsWrite = false
    /// How often libpq had nothing to say although it owes an answer.
    var emptyAnswers = 0

    /// Takes over a connection that was made and is non-blocking.
    init(owning raw: OpaquePointer, statementTimeout: UInt64, on loop: Loop) {
        self.raw = raw
        self.loop = loop
        self.statementTimeout = statementTimeout
        watch = Watch(PQsocket(raw), for: .read, on: loop) { [weak self] readiness in self?.onReady(readiness) }
    }

    deinit { if lost == nil { PQfinish(raw) } }

    // MARK: - Sending

    /// Sends a batch in one go and waits for all its rows: all of it happens, or nothing. Outside of a transaction it is one.
    ///
    /// A task that is cancelled, or whose deadline is over, stops waiting; what was sent runs on and its answer is dropped. `isCancellable` is false
    /// for what must be seen through.
    func run(_ batch: [Call], timeout: UInt64? = nil, isCancellable: Bool = true) async -> Outcome {
        loop.preconditionCurrent()
        guard isCancellable else {
            return await withUnsafeContinuation { _ = submit(batch, timeout: timeout, patience: .max, $0) }
        }
        if Task.isCancelled {
            events.answered()
            return .failure(PostgresError.cancelled.with(.none))
        }
        let patience = Deadline.current.map { UInt64($0.remainingMilliseconds) } ?? .max
        if patience == 0 {
            events.answered()
            return .failure(.late)
        }
        let ticket = Ticket(self)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { ticket.sequence = submit(batch, timeout: timeout, patience: patience, $0) }
        } onCancel: {
            Task(executorPreference: loop) { ticket.cancel() }
        }
    }

    /// A caller's place in the queue.
    private final class Ticket: @unchecked Sendable {   // touched on the loop's thread only
        let connection: Connection
        var sequence: UInt64?
        init(_ connection: Connection) { self.connection = connection }
        func cancel() {
            guard let sequence else { return }
            connection.queue.forget(sequence)?.resume(returning: .failure(.cancelled))
        }
    }

    private func submit(_ batch: [Call], timeout: UInt64?, patience: UInt64, _ waiter: Waiter) -> UInt64? {
        if let refusal = refusal(of: batch) {
            waiter.resume(returning: .failure(refusal))
            events.answered()
            return nil
        }
        var uses: [PreparedStatements.Use] = []
        var isSent = true
        for (statement, parameters) in batch {
            let use = prepared.use(statement.id, parameters)
            if case .new(let key) = use { isSent = prepare(statement, parameters, as: key) && isSent }
            uses.append(use)
        }
        for (call, use) in zip(batch, uses) { isSent = isSent && send(call, use) }
        // Nothing sent so far lasts without its synchronisation point.
        guard isSent, PQpipelineSync(raw) == 1 else {
            let failure = PostgresError(.connection, problem, effect: isSent ? .unknown : .none)
            lose(failure.with(.unknown))
            waiter.resume(returning: .failure(failure))
            return nil
        }
        let entry = Queue.Entry(
            .batch, expected: batch.count, limit: limit(timeout), patience: patience, waiter: waiter, keys: uses.compactMap(\.key))
        let sequence = queue.append(entry, now: loop.now)
        flush()
        // While it could not send, libpq has read: that makes no socket ready.
        if PQisBusy(raw) == 0 { loop.afterJobs { [weak self] in self?.receive() } }
        return sequence
    }

    /// The server ends a statement at its own limit; some time later we do.
    private func limit(_ timeout: UInt64?) -> UInt64 {
        let timeout = timeout ?? statementTimeout
        return timeout == 0 ? 0 : timeout + Connection.grace
    }

    private func refusal(of batch: [Call]) -> PostgresError? {
        if let lost { return lost.with(.none) }
        if exclusive != nil { return PostgresError(.protocol, "the connection is in use by a copy or a script") }
        if batch.isEmpty { return PostgresError(.protocol, "there is nothing to run") }
        for (_, parameters) in batch {
            if let refusal = ParameterArena.refusal(of: parameters) { return refusal }
        }
        return nil
    }

    /// With a synchronisation point of its own: when the batch fails, what it prepared for all is there nevertheless.
    private func prepare(_ statement: Statement, _ parameters: [Parameter], as key: PreparedStatements.Key) -> Bool {
        let types = parameters.map(\.typeID)
        guard PQsendPrepare(raw, key.name, statement.sql, CInt(types.count), types) == 1, PQpipelineSync(raw) == 1 else { return false }
        _ = queue.append(Queue.Entry(.preparation(key), expected: 1, limit: limit(nil)), now: loop.now)
        return true
    }

    private func send(_ call: Call, _ use: PreparedStatements.Use) -> Bool {
        let (statement, parameters) = call
        return ParameterArena.withEncoded(parameters) { count, values, lengths, formats in
            if let key = use.key { return PQsendQueryPrepared(raw, key.name, count, values, lengths, formats, 1) == 1 }
            let types = parameters.map(\.typeID)
            return PQsendQueryParams(raw, statement.sql, count, types, values, lengths, formats, 1) == 1
        }
    }

    /// A table has changed under a plan: all plans are dropped, the next use makes them anew.
    func forgetPlans() {
        guard lost == nil, exclusive == nil else { return }
        prepared.forgetAll()
        guard PQsendQueryParams(raw, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 1) == 1, PQpipelineSync(raw) == 1 else {
            return lose(PostgresError(.connection, problem, effect: .unknown))
        }
        _ = queue.append(Queue.Entry(.housekeeping, expected: 1, limit: limit(nil)), now: loop.now)
        flush()
    }

    func flush() {
        guard lost == nil else { return }
        let isPending = PQflush(raw) == 1
        guard isPending != wantsWrite else { return }
        wantsWrite = isPending
        watch?.change(to: isPending ? [.read, .write] : .read)
    }

    // MARK: - The end

    /// What libpq has to say, in a line.
    var problem: String { PostgresError.line(PQerrorMessage(raw)) }

    /// Nothing is under way, and no transaction is open.
    var isIdle: Bool { lost == nil && exclusive == nil && queue.isEmpty && PQtransactionStatus(raw) == PQTRANS_IDLE }
    /// Nothing is under way in an open transaction that has not failed.
    var isInTransaction: Bool { lost == nil && exclusive == nil && queue.isEmpty && PQtransactionStatus(raw) == PQTRANS_INTRANS }

    /// What is under way has nobody who waits for it.
    var isUnwanted: Bool { exclusive == nil && !queue.isEmpty && !queue.isAwaited }

    /// Nothing is under way and the server has not closed it meanwhile. Asks the kernel, not the server.
    func isHealthy() -> Bool {
        guard lost == nil else { return false }
        guard queue.isEmpty else { return true }
        var byte: UInt8 = 0
        let count = recv(PQsocket(raw), &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        if count > 0 { onReady(.read) }
        if count == 0 { lose(PostgresError(.connection, "the server closed the connection")) }
        return lost == nil
    }

    /// Tells those who waited too long. A server that has said nothing for longer than any statement may take is given up.
    func checkDeadlines(now: UInt64) {
        // What came while this thread was held up is no late answer.
        if exclusive == nil, queue.isOverdue(now: now, grace: Connection.grace) { onReady(.read) }
        guard lost == nil else { return }
        for waiter in queue.expire(now: now) {
            waiter.resume(returning: .failure(PostgresError(.timeout, "no answer in time", effect: .unknown)))
        }
        if queue.isStuck(now: now, grace: Connection.grace) { lose(PostgresError(.connection, "the server has stopped answering", effect: .unknown)) }
        exclusive?.checkDeadline(now)
    }

    /// Closes a connection that nobody needs any more.
    func close() { lose(PostgresError(.connection, "the connection was closed", effect: .unknown)) }

    /// The connection is dead: everybody learns it, and it is closed.
    func lose(_ error: PostgresError) {
        guard lost == nil else { return }
        lost = error
        watch?.cancel()
        watch = nil
        let entries = queue.drain()
        let fatal = entries.first?.failure.flatMap { $0.kind == .connection ? $0 : nil }
        PQfinish(raw)
        for entry in entries {
            // A statement that was refused before the loss stays refused.
            let failure = entry.failure.flatMap { $0.kind == .connection ? nil : $0 }
            entry.waiter?.resume(returning: .failure(failure ?? fatal ?? error))
        }
        exclusive?.becameReady()
        let notify = events.lost
        events = Events()
        notify(fatal ?? error)
    }
}

extension PreparedStatements.Use {
    fileprivate var key: PreparedStatements.Key? {
        switch self {
        case .ready(let key), .new(let key): key
        case .unprepared: nil
        }
    }
}
