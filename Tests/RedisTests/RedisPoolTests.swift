import Loop
import Redis
import TestKit
import Testing

@Suite struct RedisPoolTests {
    @Test("bytes are kept as they are, for as long as they should be")
    func getAndSet() async throws {
        try await withRedis { redis in
            let key = uniqueName("test")
            let bytes = (0...255).map { UInt8($0) } + Array("\r\n$5\r\n".utf8)
            #expect(try await redis.get(key) == nil)
            try await redis.set(key, bytes, milliseconds: 60_000)
            #expect(try await redis.get(key) == bytes)
            let left = try await redis.run(RedisCommand("PTTL", .string(key))).integerValue ?? 0
            #expect((50_000...60_000).contains(left))
            #expect(try await !redis.set(key, [1], milliseconds: 60_000, ifAbsent: true))
            #expect(try await redis.get(key) == bytes)
            try await redis.set(key, [], milliseconds: 30)
            #expect(await eventually { (try? await redis.get(key)) == .some(nil) })
            #expect(try await redis.set(key, [2], milliseconds: 60_000, ifAbsent: true))
            #expect(try await redis.delete([key, key + "x"]) == 1)
            #expect(try await redis.delete([]) == 0)
        }
    }

    @Test("answers of all kinds are read")
    func values() async throws {
        try await withRedis { redis in
            let list = uniqueName("test")
            #expect(try await redis.run(RedisCommand("PING")) == .status("PONG"))
            #expect(try await redis.run(RedisCommand("RPUSH", .string(list), "a", .bytes([0]), 3)) == .integer(3))
            #expect(try await redis.run(RedisCommand("LRANGE", .string(list), 0, -1)) == .array([.bytes([97]), .bytes([0]), .bytes([51])]))
            let nested = try await redis.run(RedisCommand("EVAL", "return {1, {'x', false}, {err='BAD no'}}", 0))
            #expect(nested == .array([.integer(1), .array([.bytes([120]), .null]), .error(RedisError(.server(code: "BAD"), "BAD no"))]))
            try await redis.delete([list])
        }
    }

    @Test("an error of the server has its code and breaks nothing")
    func serverError() async throws {
        try await withRedis { redis in
            let key = uniqueName("test")
            try await redis.set(key, [1], milliseconds: 60_000)
            let error = await #expect(throws: RedisError.self) { try await redis.run(RedisCommand("LPUSH", .string(key), "x")) }
            #expect(error?.kind == .server(code: "WRONGTYPE"))
            #expect(try await redis.get(key) == [1])
            try await redis.delete([key])
        }
    }

    @Test("commands that go out together are answered in order, errors in their place")
    func batch() async throws {
        try await withRedis { redis in
            let key = uniqueName("test")
            let set = RedisCommand("SET", .string(key), "1", "PX", 60_000)
            let answers = try await redis.run([set, RedisCommand("NONSENSE"), RedisCommand("INCR", .string(key)), RedisCommand("DEL", .string(key))])
            #expect(answers.count == 4)
            #expect(try answers[0].get() == .status("OK"))
            #expect(throws: RedisError.self) { try answers[1].get() }
            #expect(try answers[2].get() == .integer(2))
            #expect(try answers[3].get() == .integer(1))
            #expect(try await redis.run([]).isEmpty)
        }
    }

    @Test("thousands of commands at once, from every loop and from none, each get their own answer")
    func pipelined() async throws {
        let loops = LoopGroup(count: 2, name: "redis-test")
        let redis = try RedisPool(url: TestStack.load().redis, on: loops, log: quiet())
        let right = try await withThrowingTaskGroup(of: Int.self) { group in
            for source in 0..<3 {
                group.addTask(executorPreference: source < 2 ? loops.loops[source] : nil) {
                    try await withThrowingTaskGroup(of: Bool.self) { inner in
                        for n in 0..<1000 {
                            let number = source * 10_000 + n
                            inner.addTask { try await redis.run(RedisCommand("ECHO", .int(number)), within: 10_000).stringValue == "\(number)" }
                        }
                        return try await inner.reduce(0) { $0 + ($1 ? 1 : 0) }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(right == 3000)
        await redis.close()
        await loops.shutdown()
    }

    @Test("a script runs by its sum, and is sent again when the server has forgotten it")
    func scripts() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        try await withRedis(own.configuration) { redis in
            let script = RedisScript("return {KEYS[1], ARGV[1] + 1}")
            for n in 0..<3 { #expect(try await redis.eval(script, keys: ["k"], [.int(n)]) == .array([.bytes([107]), .integer(n + 1)])) }
            _ = try await redis.run(RedisCommand("SCRIPT", "FLUSH"))
            #expect(try await redis.eval(script, keys: ["k"], [8]) == .array([.bytes([107]), .integer(9)]))
            let error = await #expect(throws: RedisError.self) { try await redis.eval(RedisScript("this is no Lua"), keys: []) }
            #expect(error?.kind == .server(code: "ERR"))
        }
        server.end()
    }

    @Test("a password is sent, and a wrong one is an error at once that does not repeat it")
    func password() async throws {
        let own = OwnRedis(password: "se:cret/1")
        let server = try await own.start()
        try await withRedis(try RedisConfiguration(url: "redis://:se%3Acret%2F1@127.0.0.1:\(own.port)/3")) { redis in
            try await redis.set("x", [1], milliseconds: 60_000)
            #expect(try await redis.run(RedisCommand("CLIENT", "INFO")).stringValue?.contains(" db=3 ") == true)
        }
        var wrong = own.configuration
        wrong.password = "wrong"
        try await withRedis(wrong) { redis in
            let error = await #expect(throws: RedisError.self) { try await redis.get("x") }
            #expect(error?.kind == .unavailable)
        }
        server.end()
    }

    @Test("URLs name user, password, host, port and database, and nothing else is one")
    func urls() throws {
        let full = try RedisConfiguration(url: "redis://ada:p%40ss@cache.example:6380/2")
        #expect(full.user == "ada" && full.password == "p@ss" && full.host == "cache.example" && full.port == 6380 && full.database == 2)
        let short = try RedisConfiguration(url: "redis://localhost")
        #expect(short.user == nil && short.password == nil && short.host == "localhost" && short.port == 6379 && short.database == 0)
        #expect(try RedisConfiguration(url: "redis://[::1]:7000/").host == "::1")
        for wrong in ["", "http://localhost", "redis://", "redis://host:99999", "redis://host:x", "rediss://host", "redis://:%zz@host", "redis://host/1/2"] {
            #expect { try RedisConfiguration(url: wrong) } throws: { ($0 as? RedisError)?.kind == .invalid }
        }
    }
}
