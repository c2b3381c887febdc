/// What runs as long as its process: an HTTP listener, a relay, a consumer.
public protocol Service: Sendable {
    /// For logs: `users http`.
    var name: String { get }

    /// Runs until its task is cancelled, then lets what it has begun come to its end and returns. Throws when it cannot go on.
    func run() async throws

    /// The same for a service that takes a moment to begin: it says when the next one may start.
    func run(started: Started) async throws
}

extension Service {
    /// Counts as started at once.
    public func run(started: Started) async throws {
        started()
        try await run()
    }
}

/// Told once by a service that has begun.
public struct Started: Sendable {
    private let tell: @Sendable () -> Void

    /// `tell` is called when the service has begun; more than once does no harm.
    public init(_ tell: @escaping @Sendable () -> Void = {}) { self.tell = tell }

    /// The service has begun.
    public func callAsFunction() { tell() }
}
