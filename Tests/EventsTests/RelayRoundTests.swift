import Broker
import Kit
import Telemetry
import Testing
@testable import Events

struct RelayRoundTests {
    private func row(_ position: Int64, _ subject: String) -> OutboxRow {
        OutboxRow(id: .v7(), position: position, type: "t", subject: subject, payload: [])
    }

    @Test("no wave has two events of one subject, and the waves keep each subject's order")
    func waves() {
        let rows = [row(1, "a"), row(2, "b"), row(3, "a"), row(4, "a"), row(5, "b"), row(6, "c")]
        let waves = RelayRound(rows, exchange: "x").waves.map { $0.map(\.position) }
        #expect(waves == [[1, 2, 6], [3, 5], [4]])
    }

    @Test("an event that a queue refused holds back its subject and no other")
    func refused() {
        let rows = [row(1, "a"), row(2, "b")]
        var round = RelayRound(rows, exchange: "x")
        var held: Set<String> = []
        round.take(rows, [.refused, .unroutable], &held)
        #expect(held == ["a"])
        #expect(round.done.map(\.position) == [2] && round.unroutable.map(\.position) == [2])
        #expect(round.obstacle != nil)
    }

    @Test("a nudge before the wait ends it at once, and is used up by it")
    func nudge() async {
        let nudge = Nudge()
        nudge()
        nudge()
        await nudge.wait(milliseconds: 3_600_000)
        let second = ContinuousClock.now
        await nudge.wait(milliseconds: 50)
        #expect(ContinuousClock.now - second >= .milliseconds(50))
    }

    @Test("a nudge ends a wait that has begun, and so does a cancelled task")
    func nudgeLater() async {
        let nudge = Nudge()
        let waiting = Task { await nudge.wait(milliseconds: 60_000) }
        nudge()
        await waiting.value
        let cancelled = Task { await nudge.wait(milliseconds: 60_000) }
        cancelled.cancel()
        await cancelled.value
    }

    @Test("several may wait: a nudge ends all their waits, and one that is cancelled ends its own alone")
    func nudgeSeveral() async {
        let nudge = Nudge()
        let others = (0..<8).map { _ in Task { await nudge.wait(milliseconds: 60_000) } }
        let cancelled = Task { await nudge.wait(milliseconds: 60_000) }
        let short = Task { await nudge.wait(milliseconds: 1) }
        cancelled.cancel()
        await cancelled.value
        await short.value
        let waker = Task { while !Task.isCancelled { nudge(); await Task.yield() } }
        for other in others { await other.value }
        waker.cancel()
    }
}
