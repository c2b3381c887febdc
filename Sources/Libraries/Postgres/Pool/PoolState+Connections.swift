extension PoolState {
    /// A connection is there.
    mutating func opened(_ id: ConnectionID, now: UInt64) -> [Action] {
        guard let index = index(id) else { return [.close(id)] }
        if isClosed { return remove(index) }
        failures = 0
        failingSince = nil
        slots[index].phase = .shared
        slots[index].openedAt = now
        slots[index].usedAt = now
        return settle(now: now)
    }

    /// It could not be made. `jitter` (0 to 1) keeps loops and processes from coming back all at once.
    mutating func openFailed(_ id: ConnectionID, now: UInt64, jitter: Double) -> [Action] {
        guard let index = index(id) else { return [] }
        slots.remove(at: index)
        failures += 1
        if failingSince == nil { failingSince = now }
        let pause = min(1000, 50 << UInt64(min(failures - 1, 5)))
        retryAt = now + UInt64(Double(pause) * (0.5 + jitter / 2))
        return settle(now: now)
    }

    /// The connection is dead; the transaction that had it learns that from its statements.
    mutating func lost(_ id: ConnectionID, now: UInt64) -> [Action] {
        guard let index = index(id) else { return [] }
        slots.remove(at: index)
        return settle(now: now)
    }

    /// A transaction gives its connection back, or gives it up.
    mutating func released(_ id: ConnectionID, isUsable: Bool, now: UInt64) -> [Action] {
        guard let index = index(id), slots[index].phase == .leased else { return [] }
        if !isUsable || isClosed || slots[index].retiresOnRelease { return remove(index) + settle(now: now) }
        slots[index].phase = .shared
        slots[index].depth = 0
        slots[index].usedAt = now
        return settle(now: now)
    }

    /// Time goes by: who waited too long is refused, who is idle or old is closed, who is away is tried again.
    mutating func tick(now: UInt64) -> [Action] {
        var actions: [Action] = []
        for waiter in waiters where waiter.deadline <= now {
            actions.append(.refuse(waiter.id, failingSince == nil ? .waited : .unreachable))
        }
        waiters.removeAll { $0.deadline <= now }
        if waiters.isEmpty, count(.shared) > 0 { failingSince = nil }   // nobody misses what could not be made
        actions += settle(now: now)
        if !isClosed, failingSince != nil, count(.opening) == 0, canOpen(now) { actions.append(.open(addSlot())) }
        return actions + retireOld(now: now) + closeIdle(now: now)
    }

    private mutating func closeIdle(now: UInt64) -> [Action] {
        var actions: [Action] = []
        while count(.shared) > 1, let index = slots.lastIndex(where: { slot in
            slot.phase == .shared && slot.depth == 0 && now >= slot.usedAt && now - slot.usedAt > limits.idleMilliseconds
        }) {
            actions += remove(index)
        }
        return actions
    }

    /// One at a time, so that a pool never stands without connections.
    private mutating func retireOld(now: UInt64) -> [Action] {
        guard count(.retiring) == 0, let index = slots.firstIndex(where: { slot in
            slot.phase == .shared && now >= slot.openedAt && now - slot.openedAt > limits.ageMilliseconds
        }) else { return [] }
        if slots[index].depth == 0 { return remove(index) }
        slots[index].phase = .retiring
        return []
    }

    /// No more requests; what is idle closes now, what is busy when it is done.
    mutating func close() -> [Action] {
        guard !isClosed else { return [] }
        isClosed = true
        failingSince = nil
        var actions = waiters.map { Action.refuse($0.id, .closed) }
        waiters = []
        for index in slots.indices.reversed() {
            switch slots[index].phase {
            case .shared where slots[index].depth == 0, .reserved where slots[index].depth == 0: actions += remove(index)
            case .shared, .reserved: slots[index].phase = .retiring
            case .leased: slots[index].retiresOnRelease = true
            case .opening, .retiring: break
            }
        }
        return actions
    }
}
