import Loop
import Telemetry

/// Lets requests of a service run, as many at once as fit, and makes others wait a moment or come back later.
final class Admission: Sendable {
    private struct State {
        var queue: AdmissionQueue
        var waiters: [UInt64: UnsafeContinuation<Bool, Never>] = [:]
        /// Decided before they had begun to wait.
        var decided: [UInt64: Bool] = [:]
        var isSwept = false
    }
    /// A decision for one that waits.
    private typealias Verdict = (waiter: UnsafeContinuation<Bool, Never>, runs: Bool)

    private let state: Locked<State>
    private let shedRequests: Counter.Series
    private let warning: RareWarning

    init(_ limits: AdmissionQueue.Limits, service: String, log: Log, registry: Metrics) {
        state = Locked(State(queue: AdmissionQueue(limits)))
        shedRequests = registry.counter(
            "http_requests_shed_total", help: "Requests told to come back later, since the service had more than fits.", labels: ["service"]).series(service)
        warning = RareWarning("more is asked for than fits", to: log)
    }

    /// How many wait now.
    var waitingCount: Int { state.withLock { $0.queue.waitingCount } }

    /// Returns true when the request may run; `leave` is called then when it is answered. False: more is asked for than fits, or the task is cancelled.
    func enter(on loop: Loop) async -> Bool {
        let now = monotonicMicroseconds()
        let (arrival, verdicts) = state.withLock { state in
            let late = state.queue.expire(now: now)
            return (state.queue.arrive(now: now), Self.verdicts(shed: late, &state))
        }
        tell(verdicts)
        switch arrival {
        case .runs: return true
        case .shed: break
        case .waits(let id): if await wait(id, on: loop) { return true }
        }
        if !Task.isCancelled {
            shedRequests.add()
            warning.happened()
        }
        return false
    }

    /// A request that ran is answered.
    func leave() {
        tell(state.withLock { state in
            let turn = state.queue.leave(now: monotonicMicroseconds())
            return Self.verdicts(shed: turn.shed, next: turn.next, &state)
        })
    }

    // MARK: - Waiting

    private func wait(_ id: UInt64, on loop: Loop) async -> Bool {
        sweep(on: loop)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let decided: Bool? = state.withLock { state in
                    if let decided = state.decided.removeValue(forKey: id) { return decided }
                    state.waiters[id] = continuation
                    return nil
                }
                if let decided { continuation.resume(returning: decided) }
            }
        } onCancel: {
            tell(state.withLock { state in
                guard state.queue.abandon(id, now: monotonicMicroseconds()) else { return [] }
                return Self.verdicts(shed: [id], &state)
            })
        }
    }

    /// While anybody waits, one loop looks now and then for those that have waited too long: nobody may come or leave for a while.
    private func sweep(on loop: Loop) {
        let begins = state.withLock { state in
            defer { state.isSwept = true }
            return !state.isSwept
        }
        guard begins else { return }
        var timer: Repeat?
        timer = Repeat(everyMilliseconds: 5, on: loop) { [self] in
            let (verdicts, isOver) = state.withLock { state in
                let late = state.queue.expire(now: monotonicMicroseconds())
                state.isSwept = state.queue.waitingCount > 0
                return (Self.verdicts(shed: late, &state), !state.isSwept)
            }
            tell(verdicts)
            if isOver {
                timer?.cancel()
                timer = nil
            }
        }
    }

    private static func verdicts(shed: [UInt64], next: UInt64? = nil, _ state: inout State) -> [Verdict] {
        var verdicts: [Verdict] = []
        func decide(_ id: UInt64, runs: Bool) {
            if let waiter = state.waiters.removeValue(forKey: id) { verdicts.append((waiter, runs)) } else { state.decided[id] = runs }
        }
        for id in shed { decide(id, runs: false) }
        if let next { decide(next, runs: true) }
        return verdicts
    }

    private func tell(_ verdicts: [Verdict]) {
        for verdict in verdicts { verdict.waiter.resume(returning: verdict.runs) }
    }
}
