import Loop
import Redis
import Telemetry
import TestKit
import Testing

func quiet() -> Log { Log(service: "test", sink: MemorySink()) }

@Suite(.serialized) struct RedisFailureTests {
    private static func failure(_ body: () async throws -> Void) async -> (kind: RedisError.Kind?, milliseconds: Double) {
        let begun = ContinuousClock.now
        var kind: RedisError.Kind?
        do { try await body() } catch let error as RedisError { kind = error.kind } catch { Issue.record(error) }
        return (kind, (ContinuousClock.now - begun) / .milliseconds(1))
    }

    @Test("a server that stops is an error at once, and is found again when it is back")
    func stopAndRestart() async throws {
        let own = OwnRedis()
        let first = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.set("x", [1], milliseconds: 60_000)
            first.end()
            #expect(await eventually { (try? await redis.get("x")) == nil })
            for _ in 0..<50 {
                let down = await Self.failure { _ = try await redis.get("x") }
                #expect(down.kind == .unavailable)
                #expect(down.milliseconds < 50)
            }
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
            for _ in 0..<3 {
                let down = await Self.failure { try await redis.ping() }
                #expect(down.kind == .unavailable)
                #expect(down.milliseconds < 300)
            }
        }
        try await withRedis(RedisConfiguration(host: "no-such-host.invalid")) { redis in
            let down = await Self.failure { try await redis.ping() }
            #expect(down.kind == .unavailable)
            #expect(down.milliseconds < 3000)
        }
    }

    @Test("a server that hangs costs one deadline, then nothing, and is found again when it goes on")
    func hang() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        try await withRedis(own.configuration) { redis in
            try await redis.ping()
            server.pause()
            let hung = await Self.failure { try await redis.ping() }
            #expect(hung.kind == .timeout)
            #expect((200...600).contains(hung.milliseconds))
            let down = await Self.failure { try await redis.ping() }
            #expect(down.kind == .unavailable)
            #expect(down.milliseconds < 50)
            server.resume()
            #expect(await eventually { (try? await redis.ping()) != nil })
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
            let ended = await quick
            #expect(ended.kind == .timeout)
            #expect(ended.milliseconds < 400)
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
            #expect(await waiting.kind == .closed)
            #expect(await Self.failure { try await redis.ping() }.kind == .closed)
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
            #expect(await waiting.kind == .connection)
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
