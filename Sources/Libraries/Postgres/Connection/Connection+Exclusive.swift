internal import CPostgres
import Loop

extension Connection {
    /// Leaves pipeline mode for `body` and comes back. Nothing may be under way. What `body` leaves unread ends the connection.
    func exclusively<R>(timeout: UInt64, _ body: (Exclusive) async -> Result<R, PostgresError>) async -> Result<R, PostgresError> {
        loop.preconditionCurrent()
        if let lost { return .failure(lost.with(.none)) }
        guard exclusive == nil, queue.isEmpty else { return .failure(PostgresError(.protocol, "the connection is in use")) }
        guard PQexitPipelineMode(raw) == 1 else { return .failure(PostgresError(.protocol, problem)) }
        let turn = Exclusive(deadline: timeout == 0 ? .max : loop.now + timeout)
        exclusive = turn
        let result = await body(turn)
        exclusive = nil
        if let lost { return .failure(lost) }
        guard PQtransactionStatus(raw) != PQTRANS_ACTIVE, PQenterPipelineMode(raw) == 1 else {
            lose(PostgresError(.protocol, "the connection could not go back to pipelining", effect: .unknown))
            return result
        }
        return result
    }

    /// Runs a text of any number of statements: a migration. The rows are dropped; the first error ends it.
    func script(_ sql: String, timeout: UInt64) async -> Result<Void, PostgresError> {
        if sql.utf8.contains(0) { return .failure(PostgresError(.protocol, "a script with a NUL in it")) }
        return await exclusively(timeout: timeout) { turn in
            guard PQsendQuery(raw, sql) == 1 else { return .failure(PostgresError(.connection, problem, effect: .unknown)) }
            return await answers(turn)
        }
    }

    /// Sends a COPY … FROM STDIN and then what `next` gives until it gives nil. The number of rows.
    ///
    /// An error of `next` undoes the copy and is thrown.
    func copyIn(_ sql: String, timeout: UInt64, _ next: () async throws -> [UInt8]?) async throws -> Int {
        var thrown: (any Error)?
        let result: Result<Int, PostgresError> = await exclusively(timeout: timeout) { turn in
            guard PQsendQuery(raw, sql) == 1 else { return .failure(PostgresError(.connection, problem, effect: .unknown)) }
            if let refusal = await begin(turn) { return .failure(refusal) }
            do {
                while let piece = try await next() {
                    try Task.checkCancellation()
                    if timeout > 0 { turn.deadline = loop.now + timeout }
                    if let failure = await put(piece, turn) { return .failure(failure) }
                }
            } catch { thrown = error }
            guard lost == nil else { return .failure(lost ?? .closed) }
            guard PQputCopyEnd(raw, thrown == nil ? nil : "given up") == 1 else {
                return .failure(PostgresError(.connection, problem, effect: .unknown))
            }
            var copied = 0
            let end = await answers(turn) { copied = Rows(owning: $0).affected }
            return end.map { copied }
        }
        if let thrown { throw thrown }
        return try result.get()
    }

    /// Waits for the server to ask for data; an error when it does not.
    private func begin(_ turn: Exclusive) async -> PostgresError? {
        if let failure = await flushed(turn) { return failure }
        if let failure = await arrived(turn) { return failure }
        guard let result = PQgetResult(raw) else { return PostgresError(.protocol, "no answer to COPY") }
        let status = PQresultStatus(result)
        if status == PGRES_COPY_IN {
            PQclear(result)
            return nil
        }
        let refusal = status == PGRES_FATAL_ERROR ? PostgresError.from(result) : PostgresError(.protocol, "this is no COPY … FROM STDIN")
        PQclear(result)
        if case .failure(let failure) = await answers(turn), failure.kind == .connection { return failure }
        return refusal
    }

    private func put(_ piece: [UInt8], _ turn: Exclusive) async -> PostgresError? {
        while lost == nil {
            let taken = piece.withUnsafeBytes { PQputCopyData(raw, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(piece.count)) }
            if taken < 0 { return PostgresError(.connection, problem, effect: .unknown) }
            if let failure = await flushed(turn) { return failure }
            if taken == 1 { return nil }
        }
        return lost
    }

    /// Reads all results to their end; the first error counts.
    private func answers(_ turn: Exclusive, _ use: (OpaquePointer) -> Void = { PQclear($0) }) async -> Result<Void, PostgresError> {
        if let failure = await flushed(turn) { return .failure(failure) }
        var failure: PostgresError?
        while true {
            if let failure = await arrived(turn) { return .failure(failure) }
            guard let result = PQgetResult(raw) else { break }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: use(result)
            case PGRES_FATAL_ERROR:
                failure = failure ?? PostgresError.from(result)
                PQclear(result)
            default:
                PQclear(result)
                return .failure(PostgresError(.protocol, "a script cannot copy"))
            }
        }
        return failure.map { .failure($0) } ?? .success(())
    }

    /// Waits until all is sent; reads meanwhile, since the server may wait for us to.
    private func flushed(_ turn: Exclusive) async -> PostgresError? {
        while lost == nil, PQflush(raw) == 1 {
            flush()
            guard await turn.wait() else { return timedOut() }
        }
        flushIfAlive()
        return lost
    }

    private func arrived(_ turn: Exclusive) async -> PostgresError? {
        while lost == nil, PQisBusy(raw) == 1 {
            guard await turn.wait() else { return timedOut() }
        }
        return lost
    }

    private func flushIfAlive() { if lost == nil { flush() } }

    private func timedOut() -> PostgresError {
        lose(PostgresError(.timeout, "no answer in time", effect: .unknown))
        return PostgresError(.timeout, "no answer in time", effect: .unknown)
    }
}
