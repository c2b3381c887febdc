import JSON
import Loop
import Redis
import Telemetry
import TestKit
import Testing

private struct SourceDown: Error {}

/// A source that counts how often it is asked.
private final class Source: Sendable {
    private let count = Locked(0)
    private let text: Locked<String>
    private let isOpen: Locked<Bool>

    init(_ text: String = "one", isOpen: Bool = true) {
        self.text = Locked(text)
        self.isOpen = Locked(isOpen)
    }

    var asked: Int { count.withLock { $0 } }
    func change(to text: String) { self.text.withLock { $0 = text } }
    func open() { isOpen.withLock { $0 = true } }

    /// Reads first and answers when it is open: what was read may be old by then.
    func load() async throws -> Buffer {
        count.withLock { $0 += 1 }
        let text = text.withLock { $0 }
        _ = await eventually { isOpen.withLock { $0 } }
        return Buffer(Array(text.utf8))
    }
}

extension RedisCache {
    /// What is kept under `k`, or what the source says.
    fileprivate func text(_ source: Source) async throws -> String {
        String(decoding: try await value("k", seconds: 60, load: source.load).array, as: UTF8.self)
    }
}

@Suite struct RedisCacheTests {
    @Test("a value is loaded once and read from Redis afterwards, by other processes too")
    func hit() async throws {
        try await withRedis { redis async throws in
            let name = uniqueName("cache"), source = Source(), metrics = Metrics()
            let cache = RedisCache(redis, name: name, metrics: metrics)
            for _ in 0..<3 { #expect(try await cache.text(source) == "one") }
            #expect(try await RedisCache(redis, name: name, metrics: metrics).text(source) == "one")
            #expect(source.asked == 1)
            let exported = String(decoding: metrics.text(), as: UTF8.self)
            #expect(exported.contains("outcome=\"hit\"} 3"))
            #expect(exported.contains("outcome=\"miss\"} 1"))
            let left = try await redis.run(RedisCommand("PTTL", .string("\(name):{k}"))).integerValue ?? 0
            #expect((50_000...66_000).contains(left))
            await cache.invalidate(["k"])
        }
    }

    @Test("many who miss at once cause one load and get the same")
    func singleFlight() async throws {
        try await withRedis(loops: 2) { redis in
            let source = Source(isOpen: false)
            let cache = RedisCache(redis, name: uniqueName("cache"))
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 { group.addTask { try await cache.text(source) } }
                #expect(await eventually { source.asked == 1 })
                source.open()
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == ["one"])
            #expect(source.asked == 1)
            await cache.invalidate(["k"])
        }
    }

    @Test("an error of the source reaches every caller of the moment and is not kept")
    func sourceFails() async throws {
        try await withRedis { redis async throws in
            let cache = RedisCache(redis, name: uniqueName("cache"))
            await #expect(throws: SourceDown.self) { try await cache.value("k", seconds: 60) { throw SourceDown() } }
            #expect(try await cache.text(Source("two")) == "two")
            await cache.invalidate(["k"])
        }
    }

    @Test("what is invalidated is loaded again, and what was being loaded meanwhile is not kept")
    func invalidated() async throws {
        try await withRedis { redis async throws in
            let source = Source(isOpen: false)
            let cache = RedisCache(redis, name: uniqueName("cache"))
            let early = Task { try await cache.text(source) }
            #expect(await eventually { source.asked == 1 })
            source.change(to: "two")
            #expect(await cache.invalidate(["k"]))
            source.open()
            #expect(try await early.value == "one")
            #expect(try await cache.text(source) == "two")
            source.change(to: "three")
            #expect(try await cache.text(source) == "two")
            await cache.invalidate(["k"])
            #expect(try await cache.text(source) == "three")
            await cache.invalidate(["k"])
        }
    }

    @Test("who asks after the invalidation does not get what a load before it read")
    func lateCaller() async throws {
        try await withRedis { redis async throws in
            let source = Source(isOpen: false)
            let cache = RedisCache(redis, name: uniqueName("cache"))
            let early = Task { try await cache.text(source) }
            #expect(await eventually { source.asked == 1 })
            source.change(to: "two")
            await cache.invalidate(["k"])
            let late = Task { try await cache.text(source) }
            #expect(await eventually { source.asked == 2 })
            source.open()
            #expect(try await early.value == "one")
            #expect(try await late.value == "two")
            await cache.invalidate(["k"])
        }
    }

    @Test("while Redis is down everything is loaded from the source, and kept again when it is back")
    func down() async throws {
        let own = OwnRedis()
        let first = try await own.start()
        try await withRedis(own.configuration) { redis in
            let source = Source()
            let cache = RedisCache(redis, name: "cache")
            _ = try await cache.value("k", seconds: 60, load: source.load)
            first.end()
            for _ in 0..<5 { #expect(try await cache.text(source) == "one") }
            #expect(source.asked == 6)
            #expect(await !cache.invalidate(["k"]))
            let second = try await own.start()
            #expect(await eventually { (try? await redis.ping()) != nil })
            for _ in 0..<3 { _ = try await cache.value("k", seconds: 60, load: source.load) }
            #expect(source.asked == 7)
            second.end()
        }
    }

    @Test("a caller who is cancelled does not spoil it for the others")
    func cancelled() async throws {
        try await withRedis { redis async throws in
            let source = Source(isOpen: false)
            let cache = RedisCache(redis, name: uniqueName("cache"))
            let impatient = Task { try await cache.text(source) }
            #expect(await eventually { source.asked == 1 })
            let patient = Task { try await cache.text(source) }
            impatient.cancel()
            source.open()
            #expect(try await patient.value == "one")
            #expect(source.asked == 1)
            await cache.invalidate(["k"])
        }
    }
}
