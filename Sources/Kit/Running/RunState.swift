import Loop
import Synchronization

/// How far a process is in its life. Readiness and listeners look at it.
public final class RunState: Sendable {
    /// The phases, in order.
    public enum Phase: Int, Sendable, Comparable {
        /// Services are being started.
        case starting
        /// All are up.
        case running
        /// Asked to end: not ready any more, what is open is still answered.
        case draining

        /// Earlier is less.
        public static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    /// The state of this process.
    public static let process = RunState()
    private let value = Atomic<Int>(Phase.starting.rawValue)
    private let drain = OneTimeSignal()

    /// A state of its own, for tests.
    public init() {}

    /// The phase now.
    public var phase: Phase { Phase(rawValue: value.load(ordering: .relaxed)) ?? .draining }

    /// Whether the process has been asked to end.
    public var isDraining: Bool { phase == .draining }

    /// Returns when the process is asked to end, or the task is cancelled.
    public func untilDraining() async { await drain.wait() }

    /// The group of services says so; tests do.
    package func enter(_ phase: Phase) {
        value.store(phase.rawValue, ordering: .relaxed)
        if phase == .draining { drain.send() }
    }
}
