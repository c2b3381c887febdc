internal import CMongo
internal import Loop

extension MongoPool {
    /// All that `body` does with its session happens, or none of it, as of one moment (snapshot reads, majority writes on disk).
    ///
    /// `body` runs synchronously on one of the pool's threads and may run several times: it should do nothing but work with the session.
    /// What it throws ends the transaction. Transient errors are tried again, `transactionAttempts` times in all and within half a minute;
    /// so is a commit that was not answered. An error of the kind `.connection` may mean that the commit was made: writes should be such
    /// that a second one is refused or harmless.
    /// A write that was refused (a duplicate key) has ended the transaction on the server: let the error through.
    public func withTransaction<R: Sendable>(_ body: @escaping @Sendable (borrowing MongoSession) throws -> R) async throws -> R {
        try await run(OperationSpan("transaction")) { session in
            let transaction = try MongoTransaction(session)
            return try transaction.run(body)
        }
    }
}

/// A session of libmongoc with a transaction that is tried until it is made or must not be tried again.
private struct MongoTransaction: ~Copyable {
    private let client: OpaquePointer
    private let raw: OpaquePointer
    private let configuration: MongoConfiguration
    private let until: Int

    init(_ session: borrowing MongoSession) throws {
        var error = bson_error_t()
        guard let raw = mongoc_client_start_session(session.client, nil, &error) else { throw MongoError(error) }
        self.raw = raw
        client = session.client
        configuration = session.configuration
        until = monotonicMilliseconds() + configuration.transactionMilliseconds
    }

    deinit { mongoc_client_session_destroy(raw) }

    func run<R>(_ body: (borrowing MongoSession) throws -> R) throws -> R {
        var attempt = 1
        while true {
            do { return try runOnce(body) } catch let error as MongoError where error.labels.contains(MongoError.transientLabel) {
                guard attempt < configuration.transactionAttempts, monotonicMilliseconds() < until else { throw error }
            }
            pause(attempt)
            attempt += 1
        }
    }

    private func runOnce<R>(_ body: (borrowing MongoSession) throws -> R) throws -> R {
        try start()
        let result: R
        do {
            result = try body(MongoSession(client, raw, configuration))
            // Whoever asked for it has been told that it did not happen.
            if monotonicMilliseconds() >= until { throw MongoError(.timeout, message: "no time is left for the commit") }
        } catch {
            mongoc_client_session_abort_transaction(raw, nil)
            throw error
        }
        try commit()
        return result
    }

    private func start() throws {
        let options: OpaquePointer = mongoc_transaction_opts_new()
        defer { mongoc_transaction_opts_destroy(options) }
        let write = majorityWrites(), read: OpaquePointer = mongoc_read_concern_new()
        mongoc_read_concern_set_level(read, "snapshot")
        mongoc_transaction_opts_set_write_concern(options, write)
        mongoc_transaction_opts_set_read_concern(options, read)
        mongoc_write_concern_destroy(write)
        mongoc_read_concern_destroy(read)
        var error = bson_error_t()
        guard mongoc_client_session_start_transaction(raw, options, &error) else { throw MongoError(error) }
    }

    /// A commit that was not answered may be asked for again: the server makes it once.
    private func commit() throws {
        for attempt in 1... {
            let reply = Reply()
            var error = bson_error_t()
            if mongoc_client_session_commit_transaction(raw, reply.raw, &error) { return }
            let failure = MongoError(error, (try? reply.document()) ?? [:])
            let mayRetry = failure.labels.contains(MongoError.unknownCommitLabel) && failure.kind != .timeout
            guard mayRetry, attempt < configuration.transactionAttempts, monotonicMilliseconds() < until else { throw failure }
            pause(attempt)
        }
    }

    /// A few milliseconds, more each time, never the same for two that collided.
    private func pause(_ attempt: Int) {
        MongoMeter.shared.retried()
        usleep(UInt32.random(in: 1...UInt32(10 * attempt)) * 1000)
    }
}
