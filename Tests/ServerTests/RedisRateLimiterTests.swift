import Kit
import Loop
import Redis
import Telemetry
import TestKit
import Testing

@testable import Server

@Suite("Limits that all processes count together")
struct RedisRateLimiterTests {
    private let now = Locked(1_900_000_000_000_000)
    private let metrics = Metrics()
    private let loops = LoopGroup(count: 2)

    // Windows are of an hour: keys live by the server's clock, whatever the test's does.

    /// Two processes, whose clock is the test's, or the server's.
    private func with(url: String? = nil, ownClock: Bool = true, _ body: (RedisRateLimiter, RedisRateLimiter) async throws -> Void) async throws {
        let log = Log(service: "t", level: .error)
        let url = try url ?? TestStack.load().redis
        let pools = [try RedisPool(url: url, on: loops, log: log), try RedisPool(url: url, on: loops, log: log)]
        let clock: @Sendable () -> Int = { [now] in now.withLock { $0 } }
        let limiters = pools.map { RedisRateLimiter($0, log: log, waitMilliseconds: 30_000, metrics: metrics, now: ownClock ? clock : nil) }
        try await body(limiters[0], limiters[1])
        for pool in pools { await pool.close() }
    }

    private func pass(_ microseconds: Int) { now.withLock { $0 += microseconds } }

    private func verdict(_ limiter: RedisRateLimiter, _ limit: RateLimit, _ client: String = "c") async throws -> RateLimitVerdict {
        try #require(await limiter.take(limit, client: client))
    }

    @Test("of two hundred at once over two processes the quota passes, exactly")
    func concurrent() async throws {
        try await with { one, other async throws in
            let limit = RateLimit(uniqueName("limit"), Quota(37, seconds: 86_400), for: .address)
            let verdicts = try await withThrowingTaskGroup(of: RateLimitVerdict.self) { group in
                for number in 0..<200 { group.addTask { try await verdict(number % 2 == 0 ? one : other, limit) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let taken = verdicts.filter(\.isAllowed), refused = verdicts.filter { !$0.isAllowed }
            #expect(taken.count == 37 && Set(taken.map(\.remaining)) == Set(0..<37))
            #expect(refused.allSatisfy { $0.remaining == 0 && $0.retrySeconds == 86_400 / 37 + 1 && $0.resetSeconds == 86_400 })
            #expect(metrics.counter("rate_limit_refused_total", help: "", labels: ["policy"]).value(limit.name) == 163)
            #expect(try await verdict(one, limit, "another").remaining == 36)
        }
    }

    @Test("what was used comes back one by one, and a refusal takes nothing")
    func back() async throws {
        try await with { one, other async throws in
            let limit = RateLimit(uniqueName("limit"), Quota(3, seconds: 3600), for: .address)
            for left in [2, 1, 0] { #expect(try await verdict(one, limit).remaining == left) }
            for _ in 0..<20 { #expect(try await verdict(other, limit) == .init(isAllowed: false, remaining: 0, resetSeconds: 3600, retrySeconds: 1200)) }
            pass(1_199_999_999)
            #expect(try await verdict(one, limit) == .init(isAllowed: false, remaining: 0, resetSeconds: 2401, retrySeconds: 1))
            pass(1)
            #expect(try await verdict(other, limit).isAllowed)
            #expect(try await verdict(one, limit).isAllowed == false)
            pass(7_200_000_000)
            #expect(try await verdict(one, limit).remaining == 2)
        }
    }

    @Test("it takes what a bucket would that is filled evenly, whatever requests cost and whenever they come", arguments: [(5, 3600, 1), (7, 6300, 2), (1, 3600, 1)])
    func bucket(count: Int, seconds: Int, cost: Int) async throws {
        try await with { one, _ async throws in
            let limit = RateLimit(uniqueName("limit"), Quota(count, seconds: seconds), for: .address, cost: cost)
            let interval = seconds * 1_000_000 / count
            var level = seconds * 1_000_000
            for _ in 0..<150 {
                let step = Int.random(in: 0..<4) == 0 ? Int.random(in: 0...seconds * 1_000_000) : Int.random(in: 0...interval)
                pass(step)
                level = min(seconds * 1_000_000, level + step)
                let fits = level >= interval * cost
                if fits { level -= interval * cost }
                let verdict = try await verdict(one, limit)
                #expect(verdict.isAllowed == fits && verdict.remaining == level / interval)
                if verdict.isAllowed != fits { return }
            }
        }
    }

    @Test("by the clock of the server, a key goes when all is back")
    func expires() async throws {
        try await with(ownClock: false) { one, other async throws in
            let limit = RateLimit(uniqueName("limit"), Quota(2, seconds: 1), for: .address)
            #expect(try await verdict(one, limit).isAllowed)
            let redis = try RedisPool(url: try TestStack.load().redis, on: loops, log: Log(service: "t", level: .error))
            #expect(await eventually { (try? await redis.get("limit:\(limit.name):c")) == .some(nil) })
            await redis.close()
            #expect(try await verdict(other, limit).remaining == 1)
        }
    }

    @Test("while Redis is away all are let in, and counted as such")
    func away() async throws {
        try await with(url: "redis://127.0.0.1:\(freePort())") { one, _ async throws in
            let limit = RateLimit("sign-in", Quota(3, seconds: 3600), for: .address)
            for _ in 0..<10 { #expect(await one.take(limit, client: "c") == nil) }
            #expect(metrics.counter("rate_limit_uncounted_total", help: "", labels: ["policy"]).value("sign-in") == 10)
        }
    }
}
