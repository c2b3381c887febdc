import Loop
import Telemetry

/// How often keys are fetched, in milliseconds.
struct KeyCacheTimes: Sendable {
    /// Between two fetches while there are keys.
    var coolDown = 10_000
    /// Between two fetches while there are none.
    var retry = 1_000
    /// After this keys are fetched again in the background: so long a key that was taken back may still be taken.
    var age = 60_000
}

/// Keys that come from elsewhere: fetched once for all who wait, kept while the source is away, asked for again when they are old or lack one.
final class KeyCache<Keys: Sendable>: Sendable {
    /// The source cannot be asked now, and nothing is kept.
    struct Unavailable: Error, CustomStringConvertible { let description = "no keys are at hand, and none can be had" }

    private struct State {
        var keys: Keys?
        var fetchedAt = 0
        var attemptedAt: Int?
        var running: Task<Keys, any Error>?
    }
    private enum Step { case use(Keys), wait(Task<Keys, any Error>), nothing }

    private let state = Locked(State())
    private let fetch: @Sendable () async throws -> Keys
    private let times: KeyCacheTimes
    private let now: @Sendable () -> Int
    private let log: Log

    init(
        log: Log, times: KeyCacheTimes = KeyCacheTimes(), now: @escaping @Sendable () -> Int = { monotonicMilliseconds() },
        fetch: @escaping @Sendable () async throws -> Keys
    ) {
        self.log = log
        self.times = times
        self.now = now
        self.fetch = fetch
    }

    /// The keys; waits only when there are none yet. Throws `Unavailable` when none can be had.
    func keys() async throws(Unavailable) -> Keys {
        let now = now()
        let step: Step = state.withLock { state in
            guard let keys = state.keys else { return mayFetch(state, now) ? .wait(start(&state, now)) : .nothing }
            renew(&state, now)
            return .use(keys)
        }
        return try await take(step)
    }

    /// Has keys that are old fetched again; for who goes by what they said before, and does not ask for them.
    func renew() {
        let now = now()
        state.withLock { renew(&$0, now) }
    }

    private func renew(_ state: inout sending State, _ now: Int) {
        guard state.keys != nil, now - state.fetchedAt > times.age, state.running == nil, mayFetch(state, now) else { return }
        _ = start(&state, now)
    }

    /// The keys as of now, for a token whose key is not among those at hand; nil when the source was asked a moment ago.
    func newer() async -> Keys? {
        let now = now()
        let step: Step = state.withLock { state in mayFetch(state, now) ? .wait(start(&state, now)) : .nothing }
        return try? await take(step)
    }

    private func take(_ step: Step) async throws(Unavailable) -> Keys {
        switch step {
        case .use(let keys): return keys
        case .nothing: throw Unavailable()
        case .wait(let task):
            do { return try await task.value } catch { throw Unavailable() }
        }
    }

    private func mayFetch(_ state: State, _ now: Int) -> Bool {
        guard state.running == nil, let attempt = state.attemptedAt else { return true }
        return now - attempt >= (state.keys == nil ? times.retry : times.coolDown)
    }

    /// The fetch that runs, or a new one.
    private func start(_ state: inout sending State, _ now: Int) -> Task<Keys, any Error> {
        if let running = state.running { return running }
        state.attemptedAt = now
        let task = Task(executorPreference: Loop.current) { [self] in try await fetchOnce() }
        state.running = task
        return task
    }

    private func fetchOnce() async throws -> Keys {
        do {
            let keys = try await fetch()
            let now = now()
            state.withLock { state in
                state.keys = keys
                state.fetchedAt = now
                state.running = nil
            }
            return keys
        } catch {
            state.withLock { $0.running = nil }
            log.warning("keys not fetched", [("error", .string("\(error)"))])
            throw error
        }
    }
}
