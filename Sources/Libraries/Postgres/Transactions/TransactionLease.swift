import Loop

/// A connection while one transaction has it. All of it runs on the connection's loop.
final class TransactionLease: @unchecked Sendable {   // touched on the loop's thread only
    let pool: LoopPool
    let connection: Connection
    var loop: Loop { pool.loop }
    /// What made the transaction fail; it can only be rolled back then.
    private(set) var failure: PostgresError?
    /// A conflict with another transaction, even if the body went on after it.
    private(set) var conflict: PostgresError?
    private(set) var hasSentCommit = false
    /// The server has said so, or there was nothing to commit.
    private(set) var hasCommitted = false

    private let opening: [Connection.Call]
    private let timeout: UInt64?
    private enum Phase { case new, beginning, open, over }
    private var phase = Phase.new
    private var waitingForBegin: [UnsafeContinuation<Void, Never>] = []

    /// `opening` is sent with the first statement, in one round trip; `timeout` replaces the connection's limit for a statement.
    init(_ pool: LoopPool, _ connection: Connection, opening: [Connection.Call], timeout: UInt64?) {
        self.pool = pool
        self.connection = connection
        self.opening = opening
        self.timeout = timeout
    }

    func run(_ batch: [Connection.Call]) async -> Connection.Outcome {
        loop.preconditionCurrent()
        // Nothing overtakes the BEGIN: alone it would not be undone.
        while phase == .beginning { await withUnsafeContinuation { waitingForBegin.append($0) } }
        if phase == .over { return .failure(.transactionOver) }
        if failure != nil { return .failure(TransactionLease.aborted) }
        guard phase == .new else { return note(await connection.run(batch, timeout: timeout)) }
        phase = .beginning
        let outcome = await connection.run(opening + batch, timeout: timeout)
        // What was refused here was never sent, and no BEGIN with it.
        phase = outcome.wasRefusedHere ? .new : .open
        let waiting = waitingForBegin
        waitingForBegin = []
        for waiter in waiting { waiter.resume() }
        return note(outcome).map { Array($0.dropFirst(opening.count)) }
    }

    private func note(_ outcome: Connection.Outcome) -> Connection.Outcome {
        guard case .failure(let error) = outcome, !outcome.wasRefusedHere else { return outcome }
        if failure == nil { failure = error }
        if error.isConflict { conflict = error }
        return outcome
    }

    private static let aborted = PostgresError(.server, "an earlier error has ended the transaction", sqlState: "25P02")

    // MARK: - COPY

    func copyIn(_ sql: String, _ next: () async throws -> [UInt8]?) async throws -> Int {
        loop.preconditionCurrent()
        if phase == .new { _ = try await run([(.once("select 1"), [])]).get() }
        guard phase == .open, failure == nil else { throw failure == nil ? PostgresError.transactionOver : TransactionLease.aborted }
        do {
            return try await connection.copyIn(sql, timeout: timeout ?? connection.statementTimeout, next)
        } catch {
            failure = error as? PostgresError ?? PostgresError(.server, "the copy was given up", sqlState: "57014")
            throw error
        }
    }

    // MARK: - The end

    /// Runs `last`, commits and gives the connection back, in one round trip: the rows of `last`. A transaction that failed, was cancelled or is past
    /// its deadline is rolled back, and that is an error. A commit that was sent is waited for.
    func commit(_ last: [Connection.Call] = []) async -> Connection.Outcome {
        loop.preconditionCurrent()
        while phase == .beginning { await withUnsafeContinuation { waitingForBegin.append($0) } }
        if let refusal {
            await rollback()
            return .failure(refusal)
        }
        let before = phase == .new ? opening : []
        if phase == .new && last.isEmpty { return await endUnused() }
        let wasPhase = phase
        phase = .over
        hasSentCommit = true
        let batch = before + last + [(TransactionLease.commitStatement, [])]
        let outcome = note(await connection.run(batch, timeout: timeout, isCancellable: false))
        if case .failure(let error) = outcome, error.effect == .none {
            // The server skips the commit behind what it refuses: there is a transaction still, to be rolled back.
            hasSentCommit = false
            phase = outcome.wasRefusedHere ? wasPhase : .open
            return outcome
        }
        pool.release(connection, isUsable: connection.isIdle)
        return outcome.flatMap { rows in
            hasCommitted = rows.last?.commandTag == "COMMIT"
            return hasCommitted ? .success(Array(rows[before.count..<rows.count - 1])) : .failure(TransactionLease.aborted)
        }
    }

    /// Why it cannot be committed.
    private var refusal: PostgresError? {
        if failure != nil { return TransactionLease.aborted }
        if phase == .over { return .transactionOver }
        if Task.isCancelled { return PostgresError.cancelled.with(.none) }
        return Deadline.current?.isOver == true && phase == .open ? .late : nil
    }

    /// Nothing was asked for: nothing was sent.
    private func endUnused() async -> Connection.Outcome {
        await rollback()
        hasCommitted = true
        return .success([])
    }

    /// Undoes everything and gives the connection back; one that does not answer in time is closed, which undoes it too.
    func rollback() async {
        loop.preconditionCurrent()
        guard phase != .over else { return }
        let wasNew = phase == .new
        phase = .over
        guard !wasNew, connection.lost == nil else { return pool.release(connection, isUsable: connection.isIdle) }
        if !connection.queue.isEmpty { await BackendCancel.send(to: connection) }
        _ = await connection.run([(TransactionLease.rollbackStatement, [])], timeout: 1000, isCancellable: false)
        if failure?.isStalePlan == true, connection.isIdle {
            connection.forgetPlans()
            return pool.release(connection, isUsable: true)
        }
        pool.release(connection, isUsable: connection.isIdle)
    }

    /// Prepared, as to read it costs the server more than to run it. A connection that has lost it refuses, which is no commit.
    static let commitStatement = Statement("COMMIT")
    /// A text, not prepared: it must work whatever the connection has lost.
    private static let rollbackStatement = Statement.once("ROLLBACK")
}

extension Result where Success == [Rows], Failure == PostgresError {
    /// The call was wrong and never left this process.
    fileprivate var wasRefusedHere: Bool {
        if case .failure(let error) = self { return error.kind == .protocol && error.effect == .none }
        return false
    }
}
