/// What statements can be given to: a pool, a transaction, a session. A store that takes one works in a transaction of its caller as well as alone.
public protocol PostgresExecutor: Sendable {
    /// Runs statements in one round trip: all of them happen, or nothing does. Their rows in the same order.
    @discardableResult
    func run(_ batch: [(Statement, [Parameter])]) async throws(PostgresError) -> [Rows]
}

extension PostgresExecutor {
    /// Runs one statement.
    @discardableResult
    public func query(_ statement: Statement, _ parameters: [Parameter] = []) async throws(PostgresError) -> Rows {
        try await run([(statement, parameters)])[0]
    }

    /// Wakes those who listen on `channel`; in a transaction, when it has committed. At most 8000 bytes of payload.
    public func notify(_ channel: String, _ payload: String = "") async throws(PostgresError) {
        _ = try await query(notifyStatement, [.text(channel), .text(payload)])
    }
}

private let notifyStatement = Statement("select pg_notify($1, $2)")
