/// What a group of services does next; pure, so that every order of events can be tried without running any.
struct GroupMachine {
    enum Action: Equatable {
        /// Start this service.
        case start(Int)
        /// All services are up.
        case ready
        /// Not ready any more; wait a moment, then say `delayOver`.
        case drain
        /// Cancel this service and wait for its end.
        case cancel(Int)
        /// All are over, or given up.
        case finish
        case nothing
    }
    private enum Phase: Equatable { case starting, running, draining, stopping(Int), finished }

    private let count: Int
    private var phase = Phase.starting
    private var startedCount = 0
    private var over: Set<Int> = []

    init(count: Int) { self.count = count }

    var isStopping: Bool { phase != .starting && phase != .running }
    /// Services that were started and have not ended.
    var open: [Int] { (0..<startedCount).filter { !over.contains($0) } }

    mutating func begin() -> Action { startNext() }

    /// Service `index` says that it has begun.
    mutating func started(_ index: Int) -> Action {
        guard phase == .starting, index == startedCount - 1, !over.contains(index) else { return .nothing }
        return startNext()
    }

    /// Service `index` has returned or thrown. Before a stop was asked for, that ends the group.
    mutating func ended(_ index: Int) -> Action {
        over.insert(index)
        switch phase {
        case .starting, .running: return stop()
        case .stopping(index): return cancelNext()
        case .stopping, .draining, .finished: return .nothing
        }
    }

    /// A signal, or the group's own task was cancelled.
    mutating func stop() -> Action {
        guard !isStopping else { return .nothing }
        phase = .draining
        return .drain
    }

    mutating func delayOver() -> Action { phase == .draining ? cancelNext() : .nothing }

    /// The time for an orderly end is over.
    mutating func giveUp() -> Action {
        guard isStopping, phase != .finished else { return .nothing }
        phase = .finished
        return .finish
    }

    private mutating func startNext() -> Action {
        guard startedCount < count else {
            phase = .running
            return .ready
        }
        startedCount += 1
        return .start(startedCount - 1)
    }

    /// The one started last ends first.
    private mutating func cancelNext() -> Action {
        guard let last = open.last else {
            phase = .finished
            return .finish
        }
        phase = .stopping(last)
        return .cancel(last)
    }
}
