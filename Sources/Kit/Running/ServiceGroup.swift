public import Loop
public import Telemetry

/// The services of a process: started in order, each when the one before it has begun, and ended in reverse, on SIGTERM, SIGINT or when one
/// of them fails.
public struct ServiceGroup: Sendable {
    /// How long things may take.
    public struct Times: Sendable {
        /// From "not ready" to the end of the first service, so that whoever sends requests has noticed.
        public var drainDelayMilliseconds = 0
        /// From there until services that have not ended are given up.
        public var graceMilliseconds = 30_000

        /// The defaults.
        public init() {}
    }

    /// A service returned although nobody had asked it to.
    public struct EndedEarly: Error, Sendable, CustomStringConvertible {
        /// Which one.
        public let service: String
        /// For the log.
        public var description: String { "the service \(service) ended by itself" }
    }

    /// Services that had not ended when the grace was over.
    public struct GivenUp: Error, Sendable, CustomStringConvertible {
        /// Which ones.
        public let services: [String]
        /// For the log.
        public var description: String { "did not end in time: \(services.joined(separator: ", "))" }
    }

    private let services: [any Service]
    private let loops: LoopGroup
    private let log: Log
    private let state: RunState
    private let times: Times

    /// A group in the order of dependency: what others need comes first.
    public init(_ services: [any Service], on loops: LoopGroup, log: Log, state: RunState = .process, times: Times = Times()) {
        self.services = services
        self.loops = loops
        self.log = log
        self.state = state
        self.times = times
    }

    /// Runs until a signal comes, the task is cancelled, or a service fails, whose error is thrown then. A second signal ends the grace.
    @concurrent public func run(until signal: @escaping @Sendable () async throws -> Void = { _ = try await Signals.next() }) async throws {
        let run = GroupRun(services, on: loops, log: log, state: state, times: times)
        let listener = Task(executorPreference: loops.next()) {
            while true {
                try await signal()
                run.happen(.signal)
            }
        }
        defer { listener.cancel() }
        // A task of its own: a stream ends for a task that is cancelled, and then there is still much to do.
        let following = Task(executorPreference: loops.next()) { try await run.follow() }
        try await withTaskCancellationHandler {
            try await following.value
        } onCancel: {
            run.happen(.cancelled)
        }
    }
}
