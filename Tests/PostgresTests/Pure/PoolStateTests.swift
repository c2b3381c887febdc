import Testing
@testable import Postgres

@Suite("The pool's state, without sockets and clocks")
struct PoolStateTests {
    private static func limits(_ connections: Int) -> PoolState.Limits {
        var limits = PoolState.Limits()
        limits.connections = connections
        limits.queued = 10
        limits.waiting = 3
        limits.waitMilliseconds = 100
        limits.idleMilliseconds = 1000
        limits.ageMilliseconds = 10_000
        return limits
    }

    /// A state with `count` open connections, numbered from 1.
    private static func opened(_ count: Int, of connections: Int) -> PoolState {
        var state = PoolState(limits(connections))
        for _ in 0..<count {
            let id = state.addSlot()
            _ = state.opened(id, now: 0)
        }
        return state
    }

    @Test("the first statement opens a connection and is sent on it")
    func first() {
        var state = PoolState(Self.limits(4))
        #expect(state.share(now: 0) == nil)
        #expect(state.request(7, .shared, now: 0) == [.open(1)])
        #expect(state.request(8, .shared, now: 0) == [])
        #expect(state.opened(1, now: 5) == [.grant(7, 1), .grant(8, 1)])
        #expect(state.queued == 2)
    }

    @Test("a statement goes to the connection with the fewest waiting")
    func fewest() {
        var state = Self.opened(2, of: 2)
        #expect(state.share(now: 0)?.connection == 1)
        #expect(state.share(now: 0)?.connection == 2)
        #expect(state.share(now: 0)?.connection == 1)
        _ = state.answered(1, now: 1)
        _ = state.answered(1, now: 1)
        #expect(state.share(now: 1)?.connection == 1)
    }

    @Test("a connection that answers nothing for a while is passed by")
    func stalled() {
        var state = Self.opened(2, of: 2)
        #expect(state.share(now: 0)?.connection == 1)
        #expect(state.share(now: 0)?.connection == 2)
        #expect(state.share(now: 0)?.connection == 1)
        _ = state.answered(1, now: 30)   // 1 has one left and works; 2 has one and hangs
        #expect(state.share(now: 40)?.connection == 1)
        #expect(state.share(now: 40)?.connection == 1)
    }

    @Test("nothing is sent behind a slow statement while another connection can be had")
    func behindStalled() {
        var state = Self.opened(1, of: 2)
        #expect(state.share(now: 0)?.connection == 1)
        #expect(state.share(now: 20)?.connection == 1)
        #expect(state.share(now: 21) == nil)
        #expect(state.request(1, .shared, now: 21) == [.open(2)])
        #expect(state.request(2, .shared, now: 22) == [])
        var other = state
        #expect(state.opened(2, now: 25) == [.grant(1, 2), .grant(2, 2)])
        // When none can be had, a slow connection is better than none.
        #expect(other.openFailed(2, now: 25, jitter: 1) == [.grant(1, 1), .grant(2, 1)])
    }

    @Test("a deep queue asks for another connection, once")
    func grows() {
        var state = Self.opened(1, of: 2)
        for _ in 0..<4 { #expect(state.share(now: 0)?.open == nil) }
        #expect(state.share(now: 0)?.open == 2)
        #expect(state.share(now: 0)?.open == nil)
    }

    @Test("what is queued is bounded")
    func queueBound() {
        var state = Self.opened(1, of: 1)
        for _ in 0..<10 { #expect(state.share(now: 0) != nil) }
        #expect(state.share(now: 0) == nil)
        #expect(state.request(1, .shared, now: 0) == [.refuse(1, .full)])
        _ = state.answered(1, now: 1)
        #expect(state.share(now: 1) != nil)
    }

    @Test("those who wait for a connection of their own are bounded, and wait for a bounded time")
    func waitBound() {
        var state = PoolState(Self.limits(1))
        #expect(state.request(1, .lease, now: 0) == [.open(1)])
        #expect(state.opened(1, now: 0) == [.grant(1, 1)])
        for request in 2...4 { #expect(state.request(request, .lease, now: 10) == []) }
        #expect(state.request(5, .lease, now: 10) == [.refuse(5, .full)])
        #expect(state.tick(now: 109) == [])
        #expect(state.tick(now: 110) == [.refuse(2, .waited), .refuse(3, .waited), .refuse(4, .waited)])
    }

    @Test("transactions never take the last of several connections")
    func lastStaysShared() {
        var state = Self.opened(3, of: 3)
        #expect(state.request(1, .lease, now: 0) == [.grant(1, 3)])
        #expect(state.request(2, .lease, now: 0) == [.grant(2, 2)])
        #expect(state.request(3, .lease, now: 0) == [])
        #expect(state.share(now: 0)?.connection == 1)
        #expect(state.released(2, isUsable: true, now: 1) == [.grant(3, 2)])
    }

    @Test("a transaction gets a connection although statements never pause")
    func reserved() {
        var state = Self.opened(2, of: 2)
        #expect(state.share(now: 0)?.connection == 1)
        #expect(state.share(now: 0)?.connection == 2)
        #expect(state.request(9, .lease, now: 0) == [])
        // One of the two is kept: all that comes goes to the other.
        let kept = state.slots.first { $0.phase == .reserved }?.id
        #expect(kept == 1)
        for _ in 0..<3 { #expect(state.share(now: 0)?.connection == 2) }
        #expect(state.answered(1, now: 1) == [.grant(9, 1)])
        #expect(state.slots.first { $0.id == 1 }?.phase == .leased)
    }

    @Test("a connection that was kept for somebody who has gone is everybody's again")
    func unreserved() {
        var state = Self.opened(1, of: 1)
        _ = state.share(now: 0)
        #expect(state.request(9, .lease, now: 0) == [])
        #expect(state.share(now: 0) == nil)
        #expect(state.cancel(9, now: 1) == [])
        #expect(state.share(now: 1)?.connection == 1)
        #expect(state.cancel(9, now: 1) == nil)
    }

    @Test("one connection serves transactions and statements in turn")
    func single() {
        var state = Self.opened(1, of: 1)
        #expect(state.request(1, .lease, now: 0) == [.grant(1, 1)])
        #expect(state.request(2, .shared, now: 0) == [])
        #expect(state.request(3, .lease, now: 0) == [])
        #expect(state.released(1, isUsable: true, now: 1) == [.grant(2, 1)])
        #expect(state.answered(1, now: 2) == [.grant(3, 1)])
    }

    @Test("a transaction's answers are not counted as shared ones")
    func leasedAnswers() {
        var state = Self.opened(2, of: 2)
        #expect(state.request(1, .lease, now: 0) == [.grant(1, 2)])
        #expect(state.answered(2, now: 0) == [])
        #expect(state.slots.first { $0.id == 2 }?.phase == .leased)
    }

    @Test("a connection that is not fit any more is closed, and those who wait get a new one")
    func unusable() {
        var state = Self.opened(1, of: 1)
        #expect(state.request(1, .lease, now: 0) == [.grant(1, 1)])
        #expect(state.request(2, .lease, now: 0) == [])
        #expect(state.released(1, isUsable: false, now: 1) == [.close(1), .open(2)])
        #expect(state.lost(2, now: 2) == [.open(3)])
    }
}

@Suite("The pool's state when the server is away")
struct PoolStateFailureTests {
    private func limits() -> PoolState.Limits {
        var limits = PoolState.Limits()
        limits.connections = 2
        limits.waitMilliseconds = 100
        limits.idleMilliseconds = 1000
        limits.ageMilliseconds = 10_000
        return limits
    }

    @Test("it is tried again after a pause, by one connection at a time, and those who waited are served")
    func comesBack() {
        var state = PoolState(limits())
        #expect(state.request(1, .shared, now: 0) == [.open(1)])
        #expect(state.request(2, .lease, now: 0) == [.open(2)])
        #expect(state.openFailed(1, now: 0, jitter: 1) == [])
        #expect(state.openFailed(2, now: 0, jitter: 1) == [])
        #expect(state.tick(now: 50) == [])
        #expect(state.tick(now: 99) == [])   // the second failure waits twice as long
        #expect(state.request(3, .shared, now: 99) == [])
        let actions = state.tick(now: 100)
        #expect(actions == [.refuse(1, .unreachable), .refuse(2, .unreachable), .open(3)])
        #expect(state.opened(3, now: 120) == [.grant(3, 3)])
        #expect(state.failingSince == nil)
    }

    @Test("after a while callers are refused at once, and attempts go on without them")
    func failsFast() {
        var state = PoolState(limits())
        _ = state.request(1, .shared, now: 0)
        _ = state.openFailed(1, now: 0, jitter: 0)
        _ = state.tick(now: 100)
        #expect(state.openFailed(2, now: 150, jitter: 0) == [])
        #expect(state.request(2, .shared, now: 160) == [.refuse(2, .unreachable)])
        #expect(state.tick(now: 3000) == [.open(3)])
        #expect(state.request(3, .shared, now: 3001) == [.refuse(3, .unreachable)])
        #expect(state.opened(3, now: 3002) == [])
        #expect(state.share(now: 3003)?.connection == 3)
    }

    @Test("pauses grow to a second and no further")
    func pauses() {
        var state = PoolState(limits())
        var pauses: [UInt64] = []
        for _ in 0..<8 {
            let id = state.addSlot()
            _ = state.openFailed(id, now: 0, jitter: 1)
            pauses.append(state.retryAt)
        }
        #expect(pauses == [50, 100, 200, 400, 800, 1000, 1000, 1000])
    }

    @Test("a connection more that cannot be had is no failure for those who have one")
    func partial() {
        var state = PoolState(limits())
        let first = state.addSlot()
        _ = state.opened(first, now: 0)
        let second = state.addSlot()
        _ = state.openFailed(second, now: 10, jitter: 0)
        #expect(state.share(now: 500)?.connection == first)
        #expect(state.tick(now: 501) == [])
        #expect(state.failingSince == nil)
    }

    @Test("connections that nobody needs are closed, but for one")
    func idle() {
        var state = PoolState(limits())
        for _ in 0..<2 { _ = state.opened(state.addSlot(), now: 0) }
        #expect(state.tick(now: 1000) == [])
        #expect(state.tick(now: 1001) == [.close(2)])
        #expect(state.tick(now: 5000) == [])
    }

    @Test("an old connection is replaced when it has answered what it has")
    func old() {
        var state = PoolState(limits())
        _ = state.opened(state.addSlot(), now: 0)
        _ = state.share(now: 10_000)
        #expect(state.tick(now: 10_001) == [])
        #expect(state.share(now: 10_001) == nil)
        #expect(state.request(1, .shared, now: 10_001) == [.open(2)])
        #expect(state.answered(1, now: 10_002) == [.close(1)])
    }

    @Test("closing refuses who waits, closes what is idle, and the rest when it is done")
    func close() {
        var state = PoolState(limits())
        for _ in 0..<2 { _ = state.opened(state.addSlot(), now: 0) }
        #expect(state.request(1, .lease, now: 0) == [.grant(1, 2)])
        _ = state.share(now: 0)
        #expect(state.request(2, .lease, now: 0) == [])
        #expect(state.close() == [.refuse(2, .closed)])
        #expect(state.request(3, .shared, now: 1) == [.refuse(3, .closed)])
        #expect(!state.isDrained)
        #expect(state.answered(1, now: 2) == [.close(1)])
        #expect(state.released(2, isUsable: true, now: 3) == [.close(2)])
        #expect(state.isDrained)
    }

    @Test("a connection that arrives after the close is closed")
    func lateArrival() {
        var state = PoolState(limits())
        #expect(state.request(1, .shared, now: 0) == [.open(1)])
        #expect(state.close() == [.refuse(1, .closed)])
        #expect(state.opened(1, now: 1) == [.close(1)])
        #expect(state.isDrained)
    }
}
