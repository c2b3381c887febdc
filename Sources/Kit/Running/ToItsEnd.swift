import Loop

/// Runs `body` to its end although the task that asks is cancelled or past its deadline: for what has to be written down before one goes, by its own
/// time limits. On the loop of the caller.
public func toItsEnd<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await Task(executorPreference: Loop.current) {
        try await Deadline.$current.withValue(nil) { try await body() }
    }.value
}
