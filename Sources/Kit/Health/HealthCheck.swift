/// Whether something that a process needs is there.
public struct HealthCheck: Sendable {
    /// `postgres`, `broker` …
    public let name: String
    /// Whether the process is not ready without it; otherwise it is shown only.
    public let neededForReady: Bool
    /// After this it counts as failed.
    public let timeoutMilliseconds: Int
    let check: @Sendable () async throws -> Void

    /// `check` throws, with the reason, when it is not there.
    public init(_ name: String, neededForReady: Bool = true, timeoutMilliseconds: Int = 1000, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.neededForReady = neededForReady
        self.timeoutMilliseconds = timeoutMilliseconds
        self.check = check
    }
}
