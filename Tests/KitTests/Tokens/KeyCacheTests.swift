import Loop
import Telemetry
import TestKit
import Testing

@testable import Kit

@Suite struct KeyCacheTests {
    struct Away: Error {}

    /// A source that counts, waits to be released, and fails when told to.
    final class Source: Sendable {
        let count = Locked(0)
        let isAway = Locked(false)
        let time = Locked(0)
        let gate: Locked<Bool>

        init(isOpen: Bool = true) { gate = Locked(isOpen) }

        func cache() -> KeyCache<Int> {
            KeyCache<Int>(log: Log(service: "t", sink: MemorySink()), now: { [time] in time.withLock { $0 } }) { [self] in
                let number = count.withLock { $0 += 1; return $0 }
                _ = await eventually { gate.withLock { $0 } }
                if isAway.withLock({ $0 }) { throw Away() }
                return number
            }
        }
    }

    @Test("many who wait at once cost one fetch") func singleFlight() async throws {
        let source = Source(isOpen: false)
        let cache = source.cache()
        let all = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<50 { group.addTask { try? await cache.keys() } }
            group.addTask { source.gate.withLock { $0 = true }; return 1 }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.allSatisfy { $0 == 1 })
        #expect(source.count.withLock { $0 } == 1)
    }

    @Test("newer keys are fetched once within the cool-down") func coolDown() async throws {
        let source = Source()
        let cache = source.cache()
        #expect(try await cache.keys() == 1)
        source.time.withLock { $0 = 9_999 }
        #expect(await cache.newer() == nil)
        source.time.withLock { $0 = 10_000 }
        #expect(await cache.newer() == 2)
        #expect(await cache.newer() == nil)
        #expect(try await cache.keys() == 2)
    }

    @Test("keys that are old are used while newer ones are fetched, and kept when there are none") func age() async throws {
        let source = Source()
        let cache = source.cache()
        #expect(try await cache.keys() == 1)
        source.time.withLock { $0 = 60_001 }
        #expect(try await cache.keys() == 1)
        #expect(await eventually { (try? await cache.keys()) == 2 })
        source.isAway.withLock { $0 = true }
        source.time.withLock { $0 = 130_000 }
        #expect(try await cache.keys() == 2)
        #expect(await eventually { source.count.withLock { $0 } == 3 })
        #expect(try await cache.keys() == 2)
    }

    @Test("while there are none the source is asked at most once a second") func away() async throws {
        let source = Source()
        source.isAway.withLock { $0 = true }
        let cache = source.cache()
        for _ in 0..<5 { await #expect(throws: KeyCache<Int>.Unavailable.self) { try await cache.keys() } }
        #expect(source.count.withLock { $0 } == 1)
        source.isAway.withLock { $0 = false }
        source.time.withLock { $0 = 1_000 }
        #expect(try await cache.keys() == 2)
    }
}
