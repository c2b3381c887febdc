import Loop

/// Runs `body` to its end although the task that asks is cancelled: for what has to be written down before one goes. On the loop of the caller.
public func toItsEnd<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await Task(executorPreference: Loop.current) { try await body() }.value
}
