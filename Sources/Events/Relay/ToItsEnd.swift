internal import Loop

/// Runs `body` on the same loop to its end, whether or not the task that waits for it is cancelled.
func toItsEnd<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await Task(executorPreference: Loop.current) { try await body() }.value
}
