import Loop
import Redis
import Telemetry
import TestKit
import Testing

func quiet() -> Log { Log(service: "test", sink: MemorySink()) }

@Suite(.serialized) struct RedisFailureTests {
    private static func failure(_ body: () async throws -> Void) async -> RedisError.Kind? {
        do { try await body() } catch let error as RedisError { return error.kind } catch { Issue.record(error) }
        return nil
    }

    /// Nothing that is waited for ends within this time by itself: what took less did not wait. Generous, for a busy machine.
    private static let atOnce = Duration.seconds(5)

    @Test("a server that stops is an error at once, and is found again when it is back")
    func stopAndRestart() async throws {
        let own = OwnRedis()
        let first = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.set("x", [1], milliseconds: 60_000)
            first.end()
            #expect(await eventually { (try? await redis.get("x")) == nil })
            let took = await ContinuousClock().measure {
                for _ in 0..<50 { #expect(await Self.failure { _ = try await redis.get("x") } == .unavailable) }
            }
            #expect(took < Self.atOnce)
            let second = try await own.start()
            #expect(await eventually { (try? await redis.set("x", [2], milliseconds: 60_000)) == true })
            #expect(try await redis.get("x") == [2])
            second.end()
        }
    }

    @Test("failures are counted by their kind")
    func metrics() async throws {
        let failures = Metrics.shared.counter("redis_failures_total", help: "", labels: ["kind"])
        try await withRedis(OwnRedis().configuration) { redis in
            let before = failures.value("unavailable")
            await #expect(throws: RedisError.self) { try await redis.ping() }
            #expect(failures.value("unavailable") > before)
        }
    }

    @Test("no server at all is an error at once, the first time too")
    func nobodyThere() async throws {
        try await withRedis(OwnRedis().configuration) { redis in
            let took = await ContinuousClock().measure {
                for _ in 0..<3 { #expect(await Self.failure { try await redis.ping() } == .unavailable) }
            }
            #expect(took < Self.atOnce)
        }
        try await withRedis(RedisConfiguration(host: "no-such-host.invalid")) { redis in
            #expect(await Self.failure { try await redis.ping() } == .unavailable)
        }
    }

    @Test("a server that hangs costs one deadline, then nothing, and is found again when it goes on")
    func hang() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.ping()
            server.pause()
            #expect(await Self.failure { try await redis.ping() } == .timeout)
            let took = await ContinuousClock().measure {
                for _ in 0..<50 { #expect(await Self.failure { try await redis.ping() } == .unavailable) }
            }
            #expect(took < Self.atOnce)
            server.resume()
            #expect(await eventually { (try? await redis.ping()) != nil })
        }
        server.end()
    }

    @Test("a command takes no longer than the deadline of its task allows")
    func deadline() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.ping()
            let kind = await Deadline(milliseconds: 100).during {
                await Self.failure { _ = try await redis.run(RedisCommand("BLPOP", "nothing", "20"), within: 60_000) }
            }
            #expect(kind == .timeout)
            #expect(await Deadline(milliseconds: 0).during { await Self.failure { try await redis.ping() } } == .timeout)
        }
        server.end()
    }

    @Test("a slow command keeps its own deadline: shorter ones behind it end, and it is answered")
    func slowCommand() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.ping()
            async let slow = redis.run(RedisCommand("BLPOP", "nothing", "0.6"), within: 5000)
            async let quick = Self.failure { _ = try await redis.run(RedisCommand("PING"), within: 100) }
            #expect(await quick == .timeout)
            #expect(try await slow == .null)
            try await redis.ping()
        }
        server.end()
    }

    @Test("more commands than may wait are refused, the others are answered")
    func overloaded() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        var configuration = own.configuration
        configuration.pending = 100
        try await withRedis(configuration) { redis in
            try await redis.ping()
            let answers = try await redis.run((0..<150).map { RedisCommand("ECHO", .int($0)) })
            #expect(answers.count { (try? $0.get()) != nil } == 100)
            #expect(answers[100...].allSatisfy { if case .failure(let error) = $0 { error.kind == .overloaded } else { false } })
            try await redis.ping()
        }
        server.end()
    }

    @Test("what is in flight when the pool closes fails as closed, and so does what comes later")
    func close() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.ping()
            async let waiting = Self.failure { _ = try await redis.run(RedisCommand("BLPOP", "nothing", 30), within: 30_000) }
            #expect(await eventually { await blocked(own) })
            await redis.close()
            #expect(await waiting == .closed)
            #expect(await Self.failure { try await redis.ping() } == .closed)
        }
        server.end()
    }

    @Test("a connection cut in the middle of an answer fails that command and is made again")
    func cut() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        let proxy = FaultyProxy(to: own.port)
        var configuration = own.configuration
        configuration.port = proxy.port
        try await withRedis(configuration) { redis in
            try await redis.ping()
            async let waiting = Self.failure { _ = try await redis.run(RedisCommand("BLPOP", "nothing", 30), within: 30_000) }
            #expect(await eventually { await blocked(own) })
            proxy.cut()
            #expect(await waiting == .connection)
            #expect(await eventually { (try? await redis.ping()) != nil })
        }
        proxy.close()
        server.end()
    }

    private func blocked(_ own: OwnRedis) async -> Bool {
        let found = Locked(false)
        try? await withRedis(own.configuration) { other in
            let text = try await other.run(RedisCommand("INFO", "clients")).stringValue ?? ""
            found.withLock { $0 = text.contains("blocked_clients:1") }
        }
        return found.withLock { $0 }
    }
}
