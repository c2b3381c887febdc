/// A service made of a closure.
public struct BackgroundService: Service {
    /// For logs.
    public let name: String
    private let body: @Sendable () async throws -> Void

    /// `body` runs until its task is cancelled.
    public init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the closure.
    public func run() async throws { try await body() }
}
