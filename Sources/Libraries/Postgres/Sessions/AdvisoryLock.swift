import Loop

/// A lock that the server keeps for a connection, by a number that all who want it know.
public struct AdvisoryLock: Sendable, Hashable {
    /// The server's key.
    public let key: Int64

    /// A lock by its number.
    public init(key: Int64) { self.key = key }

    /// A lock by a name: its 64-bit FNV-1a hash, the same in every process.
    public init(_ name: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        key = Int64(bitPattern: hash)
    }
}

extension PostgresPool {
    /// Runs `body` while this process alone has the lock. Nil: another has it and did not let go within `waitMilliseconds`.
    ///
    /// The lock lives with the session's connection. When that is lost, the lock is too: `body`'s task is cancelled, and when it has ended the loss
    /// is thrown. Until the server notices that a connection is dead, no other gets the lock (keepalives: 15 s at most).
    public func withAdvisoryLock<R: Sendable>(
        _ lock: AdvisoryLock, waitMilliseconds: UInt64 = 0, statementTimeout: UInt64? = nil,
        _ body: @escaping @Sendable (PostgresSession) async throws -> R
    ) async throws -> R? {
        try await withConnection(statementTimeout: statementTimeout) { session in
            let core = session.core
            guard try await core.loop.hop({ await core.lock(lock, waitMilliseconds) }).get() else { return nil }
            return try await withThrowingTaskGroup(of: R?.self) { group in
                group.addTask(executorPreference: core.loop) {
                    let result: Result<R, any Error>
                    do { result = .success(try await body(session)) } catch { result = .failure(error) }
                    await core.loop.hop { await core.unlock(lock) }
                    return try result.get()
                }
                group.addTask(executorPreference: core.loop) {
                    if let loss = await core.loop.hop({ await core.end() }) { throw loss }
                    return nil
                }
                defer { group.cancelAll() }
                var value: R?
                while let next = try await group.next() { value = next ?? value }
                return value
            }
        }
    }
}

extension SessionCore {
    private static let tryLock = Statement("select pg_try_advisory_lock($1)")
    private static let waitLock = Statement("select pg_advisory_lock($1)")
    private static let releaseLock = Statement("select pg_advisory_unlock($1)")
    private static let set = Statement("select set_config($1, $2, true)")

    fileprivate func lock(_ lock: AdvisoryLock, _ wait: UInt64) async -> Result<Bool, PostgresError> {
        guard wait > 0 else { return await run([(SessionCore.tryLock, [.int8(lock.key)])]).map { $0[0].bool(0, 0) } }
        // The settings end with the batch, which is a transaction; the lock stays.
        let outcome = await run([
            (SessionCore.set, [.text("lock_timeout"), .text("\(wait)")]),
            (SessionCore.set, [.text("statement_timeout"), .text("\(wait + 1000)")]),
            (SessionCore.waitLock, [.int8(lock.key)]),
        ], timeout: wait + 1000)
        if case .failure(let error) = outcome, error.sqlState == "55P03" { return .success(false) }
        return outcome.map { _ in true }
    }

    fileprivate func unlock(_ lock: AdvisoryLock) async {
        // Said aloud, so that the next has it at once and not when the server has noticed that the connection is closed.
        _ = await run([(SessionCore.releaseLock, [.int8(lock.key)])], timeout: 1000, isCancellable: false)
        close()
    }
}
