import Testing
@testable import Postgres

/// Random events; whatever their order, nobody is forgotten and nothing is given twice.
@Suite("The pool's state under random events")
struct PoolStateInvariantTests {
    private struct World {
        var state: PoolState
        var now: UInt64 = 0
        var opening: Set<Int> = []
        var open: [Int: Int] = [:]       // connection: shared statements that were not answered
        var leased: Set<Int> = []
        var waiting: Set<Int> = []
        var uses: [Int: PoolState.Use] = [:]
        var lastRequest = 0

        mutating func apply(_ actions: [PoolState.Action]) throws {
            for action in actions {
                switch action {
                case .open(let id):
                    let isNew = opening.insert(id).inserted
                    try #require(isNew, "opened twice")
                case .close(let id):
                    let unanswered = open.removeValue(forKey: id)
                    try #require(unanswered == 0 || leased.contains(id), "a busy connection was closed")
                    leased.remove(id)
                case .grant(let request, let id):
                    let waited = waiting.remove(request) != nil
                    try #require(waited, "granted twice")
                    try #require(open[id] != nil && !leased.contains(id), "granted what is not free")
                    if uses[request] == .lease {
                        try #require(open[id] == 0)
                        leased.insert(id)
                    } else {
                        open[id, default: 0] += 1
                    }
                case .refuse(let request, _):
                    let waited = waiting.remove(request) != nil
                    try #require(waited, "refused twice")
                }
            }
            try #require(opening.count + open.count <= state.limits.connections)
            try #require(leased.count <= max(1, state.limits.connections - 1))
        }

        mutating func step(_ random: inout SplitMix) throws {
            now += UInt64.random(in: 0...40, using: &random)
            switch Int.random(in: 0..<11, using: &random) {
            case 0...2: try ask(.shared)
            case 3...4: try ask(.lease)
            case 5...6:
                guard let id = open.filter({ $0.value > 0 }).keys.sorted().randomElement(using: &random) else { return }
                open[id, default: 0] -= 1
                try apply(state.answered(id, now: now))
            case 7:
                guard let id = leased.sorted().randomElement(using: &random) else { return }
                let isUsable = Bool.random(using: &random)
                let actions = state.released(id, isUsable: isUsable, now: now)
                if !actions.contains(.close(id)) { leased.remove(id) }
                try apply(actions)
            case 8:
                guard let id = opening.sorted().randomElement(using: &random) else { return }
                opening.remove(id)
                if Int.random(in: 0..<4, using: &random) == 0 { return try apply(state.openFailed(id, now: now, jitter: 0.5)) }
                open[id] = 0
                try apply(state.opened(id, now: now))
            case 9:
                guard Int.random(in: 0..<4, using: &random) == 0, let id = open.keys.sorted().randomElement(using: &random) else { return }
                open[id] = nil
                leased.remove(id)
                try apply(state.lost(id, now: now))
            default: try apply(state.tick(now: now))
            }
        }

        mutating func ask(_ use: PoolState.Use) throws {
            if use == .shared, let pick = state.share(now: now) {
                try #require(open[pick.connection] != nil && !leased.contains(pick.connection))
                open[pick.connection, default: 0] += 1
                if let id = pick.open { try apply([.open(id)]) }
                return
            }
            lastRequest += 1
            waiting.insert(lastRequest)
            uses[lastRequest] = use
            try apply(state.request(lastRequest, use, now: now))
        }
    }

    struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }

    @Test("nothing is granted twice, no bound is passed, nobody waits for ever", arguments: 1...4)
    func random(connections: Int) throws {
        for seed in 0..<25 as Range<UInt64> {
            var limits = PoolState.Limits()
            limits.connections = connections
            limits.queued = 8
            limits.waiting = 5
            limits.waitMilliseconds = 300
            limits.idleMilliseconds = 500
            limits.ageMilliseconds = 3000
            var random = SplitMix(state: seed)
            var world = World(state: PoolState(limits))
            for _ in 0..<300 { try world.step(&random) }
            // All that waits now is answered or refused within the time it may wait.
            world.now += 300
            try world.apply(world.state.tick(now: world.now))
            #expect(world.waiting.isEmpty, "seed \(seed)")
            #expect(world.state.waiters.isEmpty)
        }
    }
}
