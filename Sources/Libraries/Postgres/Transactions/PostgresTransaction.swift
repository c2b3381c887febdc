/// A transaction that is open while the body of `withTransaction` runs.
public struct PostgresTransaction: PostgresExecutor {
    /// What a transaction sees of others.
    public enum Isolation: String, Sendable {
        /// Each statement sees what was committed when it began.
        case readCommitted = "READ COMMITTED"
        /// All statements see what was committed when the first began; 40001 when another has changed what we change.
        case repeatableRead = "REPEATABLE READ"
        /// As if one ran after the other; 40001 when that cannot be.
        case serializable = "SERIALIZABLE"
    }

    let lease: TransactionLease

    /// Runs statements in one round trip. After an error the transaction is lost: every further call fails with 25P02, and so does the commit.
    @discardableResult
    public func run(_ batch: [(Statement, [Parameter])]) async throws(PostgresError) -> [Rows] {
        let lease = lease
        let span = StatementSpan(batch, lease.pool.settings)
        let outcome = await lease.loop.hop { await lease.run(batch) }
        span?.end(outcome)
        return try outcome.get()
    }

    /// Runs the last statements and commits, in one round trip: all of it happens, or nothing of the transaction does. After it every call fails.
    ///
    /// What the statements answer can undo nothing any more: let a constraint say what must not be.
    @discardableResult
    public func commit(_ batch: [(Statement, [Parameter])]) async throws(PostgresError) -> [Rows] {
        let lease = lease
        let span = StatementSpan(batch + [(TransactionLease.commitStatement, [])], lease.pool.settings)
        let outcome = await lease.loop.hop { await lease.commit(batch) }
        span?.end(outcome)
        return try outcome.get()
    }

    /// Sends rows by `COPY table (columns) FROM STDIN`: many times faster than inserts. `next` gives pieces of the format that the statement names,
    /// cut anywhere, until nil; an error of it undoes the transaction. The number of rows. To the server
    /// all of it is one statement: give the transaction a `statementTimeout` that is long enough.
    public func copyIn(_ sql: String, _ next: @escaping @Sendable () async throws -> [UInt8]?) async throws -> Int {
        let lease = lease
        let result: Result<Int, any Error> = await lease.loop.hop {
            do { return .success(try await lease.copyIn(sql, next)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
