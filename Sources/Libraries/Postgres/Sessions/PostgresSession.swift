import Loop

/// A connection outside of the pool while the body of `withConnection` or `withAdvisoryLock` runs: what it sets and locks ends with it.
public struct PostgresSession: PostgresExecutor {
    let core: SessionCore

    /// Runs statements in one round trip; they are a transaction of their own, unless one was begun.
    @discardableResult
    public func run(_ batch: [(Statement, [Parameter])]) async throws(PostgresError) -> [Rows] {
        let core = core
        let span = StatementSpan(batch, core.pool.settings)
        let outcome = await core.loop.hop { await core.run(batch) }
        span?.end(outcome)
        return try outcome.get()
    }

    /// Runs a text of any number of statements and drops their rows: DDL, not questions. `timeout` in milliseconds, 0: none.
    public func script(_ sql: String, timeout: UInt64 = 0) async throws(PostgresError) {
        let core = core
        try await core.loop.hop { await core.script(sql, timeout) }.get()
    }

    /// Sends rows by `COPY table (columns) FROM STDIN`; see `PostgresTransaction.copyIn`.
    public func copyIn(_ sql: String, _ next: @escaping @Sendable () async throws -> [UInt8]?) async throws -> Int {
        let core = core
        let result: Result<Int, any Error> = await core.loop.hop {
            do { return .success(try await core.copyIn(sql, next)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// The connection of a session and those who want to know of its end. All of it runs on the connection's loop.
final class SessionCore: @unchecked Sendable {   // touched on the loop's thread only
    let pool: LoopPool
    var loop: Loop { pool.loop }
    private(set) var connection: Connection?
    private var loss: PostgresError?
    private var watcher: UnsafeContinuation<PostgresError?, Never>?

    init(_ pool: LoopPool) { self.pool = pool }

    /// Connects.
    func open(statementTimeout: UInt64?) async -> PostgresError? {
        loop.preconditionCurrent()
        switch await pool.openOwn(statementTimeout: statementTimeout, onLost: { [weak self] in self?.ended($0) }) {
        case .success(let connection):
            self.connection = connection
            return nil
        case .failure(let error): return error
        }
    }

    func run(_ batch: [Connection.Call], timeout: UInt64? = nil, isCancellable: Bool = true) async -> Connection.Outcome {
        loop.preconditionCurrent()
        guard let connection else { return .failure(loss ?? .transactionOver) }
        return await connection.run(batch, timeout: timeout, isCancellable: isCancellable)
    }

    func script(_ sql: String, _ timeout: UInt64) async -> Result<Void, PostgresError> {
        loop.preconditionCurrent()
        guard let connection else { return .failure(loss ?? .transactionOver) }
        return await connection.script(sql, timeout: timeout)
    }

    func copyIn(_ sql: String, _ next: () async throws -> [UInt8]?) async throws -> Int {
        loop.preconditionCurrent()
        guard let connection else { throw loss ?? .transactionOver }
        return try await connection.copyIn(sql, timeout: connection.statementTimeout, next)
    }

    private func ended(_ error: PostgresError) {
        connection = nil
        loss = error
        watcher?.resume(returning: error)
        watcher = nil
    }

    /// Waits for the session's end: why it was lost, or nil when it was closed.
    func end() async -> PostgresError? {
        loop.preconditionCurrent()
        return await withUnsafeContinuation { continuation in
            if connection == nil { continuation.resume(returning: loss) } else { watcher = continuation }
        }
    }

    func close() {
        loop.preconditionCurrent()
        guard let connection else { return }
        self.connection = nil
        pool.closeOwn(connection)
        watcher?.resume(returning: nil)
        watcher = nil
    }
}

extension PostgresPool {
    /// Opens a connection of its own for `body` and closes it afterwards: for settings, session locks and scripts, which a
    /// shared connection cannot have.
    ///
    /// `statementTimeout` (milliseconds, 0: none) replaces the pool's. Such connections do not count among `connectionsPerLoop`: have few.
    public func withConnection<R: Sendable>(
        statementTimeout: UInt64? = nil, _ body: (PostgresSession) async throws -> R
    ) async throws -> R {
        let core = SessionCore(local)
        if let failure = await core.loop.hop({ await core.open(statementTimeout: statementTimeout) }) { throw failure }
        do {
            let value = try await body(PostgresSession(core: core))
            await core.loop.hop { core.close() }
            return value
        } catch {
            await core.loop.hop { core.close() }
            throw error
        }
    }
}
