import Loop
import Telemetry
import TestKit
import Testing

@testable import Kit

@Suite("A cache of this process")
struct ProcessCacheTests {
    /// A source that counts, waits to be released, and fails when told to.
    final class Source: Sendable {
        let count = Locked(0)
        let text = Locked("one")
        let failure = Locked<(any Error)?>(nil)
        let gate: Locked<Bool>
        let time = Locked(0)
        let metrics = Metrics()

        init(isOpen: Bool = true) { gate = Locked(isOpen) }

        var asked: Int { count.withLock { $0 } }
        func say(_ new: String) { text.withLock { $0 = new } }
        func fail(_ error: (any Error)?) { failure.withLock { $0 = error } }
        func wait(_ milliseconds: Int) { time.withLock { $0 += milliseconds } }

        func cache(entries: Int = 10, bytes: Int = 1000) -> ProcessCache<Int, String> {
            var limits = ProcessCache<Int, String>.Limits()
            limits.entries = entries
            limits.bytes = bytes
            return ProcessCache("c", limits, metrics: metrics, now: { [time] in time.withLock { $0 } }, size: \.utf8.count)
        }

        /// Reads first and answers when it is open: what was read may be old by then.
        func load() async throws -> String {
            count.withLock { $0 += 1 }
            let text = text.withLock { $0 }
            _ = await eventually { gate.withLock { $0 } }
            if let failure = failure.withLock({ $0 }) { throw failure }
            return text
        }
    }

    @Test("a value serves for its moment, and is loaded again afterwards") func fresh() async throws {
        let source = Source(), cache = source.cache()
        for _ in 0..<3 { #expect(try await cache.value(1, load: source.load) == "one") }
        source.say("two")
        source.wait(999)
        #expect(try await cache.value(1, load: source.load) == "one")
        source.wait(1)
        #expect(try await cache.value(1, load: source.load) == "two")
        #expect(source.asked == 2)
        let text = String(decoding: source.metrics.text(), as: UTF8.self)
        #expect(text.contains(#"process_cache_total{cache="c",outcome="hit"} 3"#))
        #expect(text.contains(#"process_cache_total{cache="c",outcome="miss"} 2"#))
        #expect(text.contains(#"process_cache_bytes{cache="c"} 3"#))
    }

    @Test("a hundred who miss at once cause one load") func singleFlight() async throws {
        let source = Source(isOpen: false), cache = source.cache()
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.value(1, load: source.load) } }
            group.addTask { source.gate.withLock { $0 = true }; return "one" }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(answers == ["one"])
        #expect(source.asked == 1)
    }

    @Test("what was being loaded when it was forgotten is neither kept nor given to who asks afterwards") func forgotten() async throws {
        let source = Source(isOpen: false), cache = source.cache()
        let early = Task { try await cache.value(1, load: source.load) }
        #expect(await eventually { source.asked == 1 })
        source.say("two")
        cache.forget([1])
        let late = Task { try await cache.value(1, load: source.load) }
        #expect(await eventually { source.asked == 2 })
        source.gate.withLock { $0 = true }
        #expect(try await early.value == "one")
        #expect(try await late.value == "two")
        #expect(try await cache.value(1, load: source.load) == "two")
        source.say("three")
        cache.forget([1])
        #expect(try await cache.value(1, load: source.load) == "three")
        #expect(source.asked == 3)
    }

    @Test("while the source cannot be reached the old value serves, for a while, and the source is asked once a moment") func stale() async throws {
        let source = Source(), cache = source.cache()
        _ = try await cache.value(1, load: source.load)
        source.fail(Problem.unavailable("The database"))
        source.wait(1000)
        for _ in 0..<5 { #expect(try await cache.value(1, load: source.load) == "one") }
        #expect(source.asked == 2)
        source.wait(298_999)
        #expect(try await cache.value(1, load: source.load) == "one")
        source.wait(1000)
        await #expect(throws: Problem.self) { try await cache.value(1, load: source.load) }
        source.fail(nil)
        source.say("two")
        #expect(try await cache.value(1, load: source.load) == "two")
    }

    @Test("an answer that there is none ends the old value, and is not kept") func gone() async throws {
        let source = Source(), cache = source.cache()
        _ = try await cache.value(1, load: source.load)
        source.fail(Problem.notFound())
        source.wait(1000)
        for _ in 0..<2 { await #expect(throws: Problem.self) { try await cache.value(1, load: source.load) } }
        #expect(source.asked == 3)
        source.fail(Problem.unavailable("The database"))
        await #expect(throws: Problem.self) { try await cache.value(1, load: source.load) }
    }

    @Test("it holds no more values and bytes than it may") func bounded() async throws {
        let source = Source(), cache = source.cache(entries: 5, bytes: 12)
        for key in 0..<50 { _ = try await cache.value(key, load: source.load) }
        #expect(cache.extent == (4, 12))
        source.say("much more than twelve")
        #expect(try await cache.value(99, load: source.load) == "much more than twelve")
        #expect(cache.extent == (4, 12))
    }
}
