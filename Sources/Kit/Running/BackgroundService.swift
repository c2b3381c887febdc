public import Telemetry

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

extension BackgroundService {
    /// Removes what is old: calls `sweep` at the start and every so many seconds, and again at once as long as it says that there is more. Each call
    /// removes a bounded number of things; what it throws is logged, and tried again the next time.
    public static func sweeper(
        _ name: String, everySeconds: Int, log: Log, _ sweep: @escaping @Sendable () async throws -> Bool
    ) -> BackgroundService {
        BackgroundService(name) {
            while !Task.isCancelled {
                do { while try await sweep(), !Task.isCancelled {} } catch {
                    if !Task.isCancelled { log.warning("not swept", [("name", .string(name)), ("error", .string("\(error)"))]) }
                }
                // Nothing waits for this: what is swept is small, or fills slowly.
                try? await Task.sleep(for: .seconds(everySeconds))
            }
        }
    }
}
