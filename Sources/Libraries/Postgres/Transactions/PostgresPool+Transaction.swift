import Loop
import Telemetry

extension PostgresPool {
    /// Runs `body` in a transaction on a connection of its own. It commits when `body` returns and rolls back when it throws or the task is
    /// cancelled: there is never a half transaction.
    ///
    /// When another transaction is in the way (40001, 40P01), or the connection is lost before the commit, `body` runs again from its beginning,
    /// after a pause, `transactionAttempts` times at most: it must do nothing that the rollback does not undo, and call no other server. A loss
    /// during the commit is an error whose `effect` is unknown. A body may commit itself with its last statements, to save a round trip; what it throws
    /// after that undoes nothing. `statementTimeout` (milliseconds, 0: none) replaces the pool's for this transaction.
    public func withTransaction<R: Sendable>(
        isolation: PostgresTransaction.Isolation = .readCommitted, isReadOnly: Bool = false, statementTimeout: UInt64? = nil,
        _ body: (PostgresTransaction) async throws -> R
    ) async throws -> R {
        guard let span = ActiveSpan.begin(.inside, "transaction") else { return try await attempts(isolation, isReadOnly, statementTimeout, body) }
        do {
            let value = try await Trace.$current.withValue(span.trace) { try await attempts(isolation, isReadOnly, statementTimeout, body) }
            span.end()
            return value
        } catch {
            span.end(failure: (error as? PostgresError)?.word ?? "\(type(of: error))")
            throw error
        }
    }

    private func attempts<R: Sendable>(
        _ isolation: PostgresTransaction.Isolation, _ isReadOnly: Bool, _ statementTimeout: UInt64?, _ body: (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let pool = local
        let opening = PostgresPool.opening(isolation, isReadOnly, statementTimeout)
        let attempts = max(1, configuration.transactionAttempts)
        for attempt in 1...attempts {
            let lease = try await pool.loop.hop { await pool.leaseTransaction(opening, statementTimeout) }.get()
            do {
                let value = try await body(PostgresTransaction(lease: lease))
                if await !lease.loop.hop({ lease.hasCommitted }) { try await PostgresTransaction(lease: lease).commit([]) }
                return value
            } catch {
                await lease.loop.hop { await lease.rollback() }
                guard !Task.isCancelled, let pause = await lease.loop.hop({ lease.pauseBeforeRetry(attempt, of: attempts) })
                else { throw await lease.loop.hop { lease.verdict(on: error) } }
                await pool.loop.hop { try? await pool.loop.sleep(milliseconds: pause) }
            }
        }
        throw PostgresError(.server, "the transaction was not tried", sqlState: "40001")   // the last attempt returned or threw
    }

    private static func opening(
        _ isolation: PostgresTransaction.Isolation, _ isReadOnly: Bool, _ statementTimeout: UInt64?
    ) -> [(Statement, [Parameter])] {
        var opening: [(Statement, [Parameter])] = [(Statement("BEGIN ISOLATION LEVEL \(isolation.rawValue)\(isReadOnly ? " READ ONLY" : "")"), [])]
        if let statementTimeout { opening.append((.once("SET LOCAL statement_timeout = \(statementTimeout)"), [])) }
        return opening
    }
}

extension LoopPool {
    fileprivate func leaseTransaction(_ opening: [Connection.Call], _ timeout: UInt64?) async -> Result<TransactionLease, PostgresError> {
        await lease().map { TransactionLease(self, $0, opening: opening, timeout: timeout) }
    }
}

extension TransactionLease {
    /// Milliseconds to wait before the body may run again; nil when it may not.
    fileprivate func pauseBeforeRetry(_ attempt: Int, of attempts: Int) -> UInt64? {
        guard attempt < attempts else { return nil }
        if conflict != nil {
            PostgresMeter.shared.retried("conflict")
            return RetryPause.milliseconds(after: attempt, random: .random(in: 0...1))
        }
        guard let failure, !hasSentCommit, attempt == 1 else { return nil }
        guard failure.isStalePlan || failure.kind == .connection else { return nil }
        PostgresMeter.shared.retried(failure.isStalePlan ? "stale plan" : "transaction lost")
        return 0
    }

    /// Without a commit nothing has happened, whatever the statement's own error says.
    fileprivate func verdict(on error: any Error) -> any Error {
        guard !hasSentCommit, let error = error as? PostgresError else { return error }
        return error.with(.none)
    }
}

/// How long a transaction waits before it tries again: twice as long each time, and never as long as its neighbour.
enum RetryPause {
    static func milliseconds(after attempt: Int, random: Double) -> UInt64 {
        let longest = Double(10 << min(attempt - 1, 6))
        return UInt64(longest * (0.5 + random / 2))
    }
}
