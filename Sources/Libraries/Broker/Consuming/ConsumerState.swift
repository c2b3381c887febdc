internal import Loop

/// What a consumer's thread and the tasks that take its messages share. Holds at most the prefetch: the broker sends no more unsettled ones.
final class ConsumerState: Settling {
    struct Settled: Sendable { let tag: UInt64; let generation: UInt64; let settlement: Settlement }
    private struct Waiter { let id: UInt64; let limit: Int; let continuation: CheckedContinuation<[Delivery], Never> }
    private struct State {
        var deliveries: [Delivery] = []
        var waiters: [Waiter] = []
        var cancelled: Set<UInt64> = []
        var settled: [Settled] = []
        var lastID: UInt64 = 0
        var isStopping = false
        var isConnected = false
        var stopBy: Int?
    }
    private let state = Locked(State())
    let wake = Wake()

    var isStopping: Bool { state.withLock { $0.isStopping } }
    /// The time (milliseconds) after which what is still unsettled is left to the broker.
    var stopBy: Int? { state.withLock { $0.stopBy } }
    var isConnected: Bool { state.withLock { $0.isConnected } }
    func setConnected(_ value: Bool) { state.withLock { $0.isConnected = value } }

    // MARK: the tasks

    func nextID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func wait(_ id: UInt64, upTo limit: Int, _ continuation: CheckedContinuation<[Delivery], Never>) {
        let now: [Delivery]? = state.withLock { state in
            if state.isStopping || state.cancelled.remove(id) != nil { return [] }
            guard state.deliveries.isEmpty else { return Self.take(limit, from: &state) }
            state.waiters.append(Waiter(id: id, limit: limit, continuation: continuation))
            return nil
        }
        if let now { continuation.resume(returning: now) }
    }

    func cancel(_ id: UInt64) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: [])
    }

    func forget(_ id: UInt64) { state.withLock { _ = $0.cancelled.remove(id) } }

    func settle(_ delivery: Delivery, as settlement: Settlement) {
        state.withLock { $0.settled.append(Settled(tag: delivery.tag, generation: delivery.generation, settlement: settlement)) }
        wake.pulse()
    }

    /// Hands out nothing more. Returns at once.
    func stop(by time: Int) {
        let waiters = state.withLock { state in
            state.isStopping = true
            state.stopBy = min(state.stopBy ?? time, time)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: []) }
        wake.pulse()
    }

    // MARK: the thread

    func arrived(_ delivery: Delivery) {
        let handed: (Waiter, [Delivery])? = state.withLock { state in
            state.deliveries.append(delivery)
            guard !state.waiters.isEmpty else { return nil }
            let waiter = state.waiters.removeFirst()
            return (waiter, Self.take(waiter.limit, from: &state))
        }
        handed?.0.continuation.resume(returning: handed?.1 ?? [])
    }

    func takeSettled() -> [Settled] {
        state.withLock { state in
            defer { state.settled = [] }
            return state.settled
        }
    }

    /// Forgets what nobody has taken yet; its tags, so that they are not waited for.
    func dropWaiting() -> [UInt64] {
        state.withLock { state in
            defer { state.deliveries = [] }
            return state.deliveries.map(\.tag)
        }
    }

    private static func take(_ limit: Int, from state: inout State) -> [Delivery] {
        let taken = Array(state.deliveries.prefix(limit))
        state.deliveries.removeFirst(taken.count)
        return taken
    }
}
