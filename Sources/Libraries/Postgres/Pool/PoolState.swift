/// The connections of one loop and those who wait for them, as pure state: events go in, actions come out; sockets, clocks and tasks are elsewhere.
///
/// A single statement goes to the shared connection with the fewest waiting. A transaction leases one alone: an idle one, a new one, or, when all are
/// made and busy, one that is reserved, gets nothing new and is leased as soon as it has answered. One connection of several is never leased.
struct PoolState {
    typealias ConnectionID = Int
    typealias RequestID = Int

    struct Limits: Equatable {
        var connections = 4
        var queued = 1024
        var waiting = 256
        var waitMilliseconds: UInt64 = 2000
        var idleMilliseconds: UInt64 = 60_000
        var ageMilliseconds: UInt64 = 1_800_000
        /// With so many waiting on the best connection, another is opened.
        var growDepth = 4
        /// A connection that has not answered anything for so long is passed by where another can be had.
        var stallMilliseconds: UInt64 = 20
    }

    enum Use: Equatable { case shared, lease }
    enum Refusal: Equatable {
        /// Too many wait already.
        case full
        /// It waited as long as it may.
        case waited
        /// No connection can be made.
        case unreachable
        case closed
    }
    enum Action: Equatable {
        case open(ConnectionID)
        case close(ConnectionID)
        case grant(RequestID, ConnectionID)
        case refuse(RequestID, Refusal)
    }

    enum Phase: Equatable {
        /// Being made.
        case opening
        /// Takes anybody's statements.
        case shared
        /// Takes no more statements; leased when the last is answered.
        case reserved
        /// Belongs to one transaction.
        case leased
        /// Takes no more statements; closed when the last is answered.
        case retiring
    }
    struct Slot {
        let id: ConnectionID
        var phase = Phase.opening
        var depth = 0
        var openedAt: UInt64 = 0
        /// When it was last used.
        var usedAt: UInt64 = 0
        /// When the oldest of its statements began to be the oldest.
        var busySince: UInt64 = 0
        var retiresOnRelease = false
    }
    struct Waiter {
        let id: RequestID
        let use: Use
        let deadline: UInt64
    }

    let limits: Limits
    var slots: [Slot] = []
    var waiters: [Waiter] = []
    var failures = 0
    var failingSince: UInt64?
    var retryAt: UInt64 = 0
    var isClosed = false
    private var lastConnection = 0

    init(_ limits: Limits) { self.limits = limits }

    // MARK: - What it looks like

    var queued: Int { slots.reduce(0) { $0 + $1.depth } }
    /// Something is under way that has a deadline.
    var isBusy: Bool { !waiters.isEmpty || failingSince != nil || slots.contains { $0.depth > 0 || $0.phase == .leased } }
    /// All connections are gone after `close`.
    var isDrained: Bool { isClosed && slots.isEmpty }
    /// So many may be leased or about to be.
    private var leaseLimit: Int { max(1, limits.connections - 1) }

    func index(_ id: ConnectionID) -> Int? { slots.firstIndex { $0.id == id } }
    func count(_ phase: Phase) -> Int { slots.reduce(0) { $0 + ($1.phase == phase ? 1 : 0) } }

    // MARK: - Statements that share a connection

    /// The connection for a statement, at once; nil when there is none to be had or too many wait. `open` asks for one more.
    mutating func share(now: UInt64) -> (connection: ConnectionID, open: ConnectionID?)? {
        guard !isClosed, queued < limits.queued, let best = usableShared(now: now) else { return nil }
        let needsMore = slots[best].depth >= limits.growDepth
        take(best, now)
        let more = needsMore && count(.opening) == 0 && canOpen(now) ? addSlot() : nil
        return (slots[best].id, more)
    }

    /// Nothing is sent behind a slow statement while another connection can be had.
    private func usableShared(now: UInt64) -> Int? {
        guard let best = bestShared(now: now) else { return nil }
        return isStalled(slots[best], now) && (count(.opening) > 0 || canOpen(now)) ? nil : best
    }

    private func isStalled(_ slot: Slot, _ now: UInt64) -> Bool {
        slot.depth > 0 && now >= slot.busySince && now - slot.busySince > limits.stallMilliseconds
    }

    private func bestShared(now: UInt64) -> Int? {
        var best: Int?
        for index in slots.indices where slots[index].phase == .shared {
            guard let other = best else { best = index; continue }
            let mine = (isStalled(slots[index], now) ? 1 : 0, slots[index].depth)
            let theirs = (isStalled(slots[other], now) ? 1 : 0, slots[other].depth)
            if mine < theirs { best = index }
        }
        return best
    }

    private mutating func take(_ index: Int, _ now: UInt64) {
        if slots[index].depth == 0 { slots[index].busySince = now }
        slots[index].depth += 1
        slots[index].usedAt = now
    }

    /// A shared statement was answered, whatever the answer.
    mutating func answered(_ id: ConnectionID, now: UInt64) -> [Action] {
        guard let index = index(id), slots[index].phase != .leased, slots[index].depth > 0 else { return [] }
        slots[index].depth -= 1
        slots[index].busySince = now
        slots[index].usedAt = now
        if slots[index].depth > 0 || (slots[index].phase == .shared && waiters.isEmpty) { return [] }
        if slots[index].phase == .retiring { return remove(index) + settle(now: now) }
        return settle(now: now)
    }

    // MARK: - Requests that wait

    /// A request that could not be served at once; it waits `patience` milliseconds at most.
    mutating func request(_ id: RequestID, _ use: Use, patience: UInt64 = .max, now: UInt64) -> [Action] {
        if isClosed { return [.refuse(id, .closed)] }
        let waiting = waiters.reduce(0) { $0 + ($1.use == use ? 1 : 0) }
        if use == .shared ? queued + waiting >= limits.queued : waiting >= limits.waiting { return [.refuse(id, .full)] }
        if let since = failingSince, slots.allSatisfy({ $0.phase == .opening }), now - since >= limits.waitMilliseconds {
            return [.refuse(id, .unreachable)]
        }
        waiters.append(Waiter(id: id, use: use, deadline: now + min(patience, limits.waitMilliseconds)))
        return settle(now: now)
    }

    /// The caller has gone. False when it was served or refused before.
    mutating func cancel(_ id: RequestID, now: UInt64) -> [Action]? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        waiters.remove(at: index)
        return settle(now: now)
    }

    /// Gives what is free to those who wait, first come, first served, and asks for what is missing.
    mutating func settle(now: UInt64) -> [Action] {
        guard !waiters.isEmpty || slots.contains(where: { $0.phase == .reserved }) else { return [] }
        var actions: [Action] = []
        var unserved: [Waiter] = []
        for waiter in waiters {
            if let connection = serve(waiter.use, now) {
                actions.append(.grant(waiter.id, connection))
            } else {
                unserved.append(waiter)
            }
        }
        waiters = unserved
        reserve()
        return actions + openMissing(now: now)
    }

    private mutating func serve(_ use: Use, _ now: UInt64) -> ConnectionID? {
        switch use {
        case .shared:
            guard queued < limits.queued, let index = usableShared(now: now) else { return nil }
            take(index, now)
            return slots[index].id
        case .lease:
            guard let index = leasable() else { return nil }
            slots[index].phase = .leased
            slots[index].usedAt = now
            return slots[index].id
        }
    }

    /// An idle connection that a transaction may have; the youngest, so that the oldest keep their prepared statements for all.
    private func leasable() -> Int? {
        if let index = slots.lastIndex(where: { $0.phase == .reserved && $0.depth == 0 }) { return index }
        guard count(.leased) + count(.reserved) < leaseLimit else { return nil }
        return slots.lastIndex { $0.phase == .shared && $0.depth == 0 }
    }

    /// No more connections can be made and all are busy: those with the least to do are kept for the transactions that wait.
    private mutating func reserve() {
        let wanted = waiters.reduce(0) { $0 + ($1.use == .lease ? 1 : 0) }
        while count(.reserved) > wanted, let index = slots.firstIndex(where: { $0.phase == .reserved }) { slots[index].phase = .shared }
        let isFull = slots.count >= limits.connections || failingSince != nil
        while isFull, count(.reserved) < wanted, count(.opening) == 0, count(.leased) + count(.reserved) < leaseLimit {
            guard let index = slots.indices.filter({ slots[$0].phase == .shared }).min(by: { slots[$0].depth < slots[$1].depth }) else { break }
            slots[index].phase = .reserved
        }
    }

    private mutating func openMissing(now: UInt64) -> [Action] {
        var actions: [Action] = []
        let leases = waiters.reduce(0) { $0 + ($1.use == .lease ? 1 : 0) }
        let wantsShared = leases < waiters.count
        let allowed = leaseLimit - count(.leased)
        let wanted = min(leases, max(0, allowed)) + (wantsShared ? 1 : 0) - count(.reserved)
        while count(.opening) < wanted, canOpen(now) { actions.append(.open(addSlot())) }
        return actions
    }

    /// While the server cannot be reached, one attempt at a time.
    func canOpen(_ now: UInt64) -> Bool {
        !isClosed && slots.count < limits.connections && (failingSince == nil || (now >= retryAt && count(.opening) == 0))
    }

    mutating func addSlot() -> ConnectionID {
        lastConnection += 1
        slots.append(Slot(id: lastConnection))
        return lastConnection
    }

    mutating func remove(_ index: Int) -> [Action] {
        let id = slots[index].id
        slots.remove(at: index)
        return [.close(id)]
    }
}
