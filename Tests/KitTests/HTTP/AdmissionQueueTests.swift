import Testing

@testable import Kit

@Suite("Which requests run, wait or are shed") struct AdmissionQueueTests {
    private func queue(running: Int = 1, waiting: Int = 3) -> AdmissionQueue {
        AdmissionQueue(.init(running: running, waiting: waiting, patience: 100, hurry: 20))
    }

    @Test("so many run, so many wait, the next is shed") func limits() {
        var queue = queue(running: 2)
        #expect((0..<6).map { _ in queue.arrive(now: 0) } == [.runs, .runs, .waits(1), .waits(2), .waits(3), .shed])
        #expect(queue.running == 2 && queue.waitingCount == 3)
        for next in [1, 2, 3, nil, nil] as [UInt64?] { #expect(queue.leave(now: 1) == .init(next: next)) }
        #expect(queue.running == 0 && queue.waitingCount == 0)
        #expect(queue.arrive(now: 2) == .runs)
    }

    @Test("in a burst the first to come is the first to run, and waits its whole patience") func burst() {
        var queue = queue()
        for _ in 0..<4 { _ = queue.arrive(now: 0) }
        #expect(queue.expire(now: 100).isEmpty)
        #expect(queue.leave(now: 100) == .init(next: 1))
        #expect(queue.expire(now: 101) == [2, 3])
        #expect(queue.leave(now: 101) == .init() && queue.running == 0)
    }

    @Test("in a queue that stands the newest runs first, and nobody waits longer than a blink") func stands() {
        var queue = queue()
        _ = queue.arrive(now: 0)
        #expect(queue.arrive(now: 1) == .waits(1))
        #expect(queue.arrive(now: 90) == .waits(2))
        #expect(!queue.stands(now: 101) && queue.stands(now: 102))
        #expect(queue.arrive(now: 102) == .waits(3))
        #expect(queue.leave(now: 103) == .init(next: 3, shed: [1]))
        #expect(queue.expire(now: 110).isEmpty && queue.expire(now: 111) == [2])
        // It was empty: the next wait with patience again.
        #expect(queue.arrive(now: 112) == .waits(4) && queue.arrive(now: 113) == .waits(5))
        #expect(queue.leave(now: 150) == .init(next: 4))
    }

    @Test("one that goes makes room, and is not called any more") func abandons() {
        var queue = queue(waiting: 1)
        #expect(queue.arrive(now: 0) == .runs && queue.arrive(now: 0) == .waits(1) && queue.arrive(now: 0) == .shed)
        #expect(queue.abandon(1, now: 1) && !queue.abandon(1, now: 1))
        #expect(queue.arrive(now: 2) == .waits(2))
        #expect(queue.leave(now: 3) == .init(next: 2) && !queue.abandon(2, now: 3))
    }

    @Test("whatever comes, no more run than may and each that waits hears once", arguments: 0..<20 as Range<UInt64>) func anything(seed: UInt64) {
        var random = Draws(state: seed)
        var queue = AdmissionQueue(.init(running: 3, waiting: 5, patience: 100, hurry: 20))
        var waiting: Set<UInt64> = []
        var running = 0, now = 0
        func decide(_ turn: AdmissionQueue.Turn) {
            for id in turn.shed + (turn.next.map { [$0] } ?? []) { #expect(waiting.remove(id) != nil) }
        }
        for _ in 0..<2000 {
            now += Int(random.next() % 40)
            switch random.next() % 5 {
            case 0, 1:
                decide(.init(shed: queue.expire(now: now)))
                switch queue.arrive(now: now) {
                case .runs: running += 1
                case .waits(let id): #expect(waiting.insert(id).inserted && running == 3)
                case .shed: #expect(waiting.count == 5)
                }
            case 2, 3:
                guard running > 0 else { continue }
                let turn = queue.leave(now: now)
                decide(turn)
                if turn.next == nil { running -= 1 }
            default:
                if let one = waiting.min() { #expect(queue.abandon(one, now: now) && waiting.remove(one) != nil) }
            }
            #expect(queue.running == running && running <= 3 && queue.waitingCount == waiting.count)
        }
    }

    /// A day at a service, played: one request every `every` microseconds for `seconds`, each of which runs `cost` microseconds times `running` at once.
    private func play(every: Int, seconds: Int, running: Int, cost: Int) -> (answered: Int, shed: Int, longestWait: Int) {
        var queue = AdmissionQueue(.init(running: running))
        var since: [UInt64: Int] = [:], ends: [Int] = []
        var answered = 0, shed = 0, longest = 0
        func refuse(_ ids: [UInt64], _ now: Int) {
            for id in ids { longest = max(longest, now - since.removeValue(forKey: id)!) }
            shed += ids.count
        }
        for now in stride(from: 0, to: seconds * 1_000_000, by: every) {
            while let end = ends.first, end <= now {   // all take the same time: they end as they began
                ends.removeFirst()
                answered += 1
                let turn = queue.leave(now: end)
                refuse(turn.shed, end)
                guard let next = turn.next else { continue }
                longest = max(longest, end - since.removeValue(forKey: next)!)
                ends.append(end + cost * running)
            }
            refuse(queue.expire(now: now), now)
            switch queue.arrive(now: now) {
            case .runs: ends.append(now + cost * running)
            case .waits(let id): since[id] = now
            case .shed: shed += 1
            }
        }
        return (answered, shed, longest)
    }

    @Test("three times what fits: as much is answered as fits, and nobody waits long for a refusal") func overload() {
        // 2,000 a second fit, 6,000 come.
        let day = play(every: 167, seconds: 20, running: 16, cost: 500)
        #expect(day.answered >= 39_500)
        #expect(day.shed > 75_000)
        #expect(day.longestWait <= 101_000)
    }

    @Test("what fits is never shed, and neither is a burst that does not last") func fits() {
        #expect(play(every: 505, seconds: 5, running: 16, cost: 500).shed == 0)
        #expect(play(every: 100, seconds: 1, running: 16, cost: 90).shed == 0)
        var queue = AdmissionQueue(.init(running: 4))
        let burst = (0..<100).map { _ in queue.arrive(now: 0) }
        #expect(!burst.contains(.shed))
        #expect((0..<100).allSatisfy { queue.leave(now: $0 * 900).shed.isEmpty })
    }
}

/// Numbers that a seed repeats (SplitMix64).
private struct Draws {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
