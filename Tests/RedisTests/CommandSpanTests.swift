import Loop
import Redis
import Telemetry
import Testing

@Suite("Spans of Redis commands")
struct CommandSpanTests {
    @Test("a command is a step with its name, and neither key nor value")
    func commands() async throws {
        let queue = SpanQueue()
        let root = Trace.entering(after: nil, Tracer(service: "test", queue: queue))
        try await withRedis { redis in
            try await Trace.$current.withValue(root) {
                try await redis.set("a secret", [1], milliseconds: 1000)
                _ = try await redis.run([RedisCommand("GET", "a secret"), RedisCommand("del", "a secret")])
                _ = try await redis.eval(RedisScript("return 1"), keys: ["a secret"])
            }
        }
        try await withRedis(OwnRedis().configuration) { redis in
            await Trace.$current.withValue(root) { _ = try? await redis.ping() }
        }
        let spans = queue.take(upTo: 10)
        #expect(spans.map(\.name) == ["SET", "PIPELINE", "EVALSHA", "PING"])
        #expect(spans.map(\.failure) == [nil, nil, nil, "unavailable"])
        #expect(spans.allSatisfy { $0.kind == .client && $0.parentID == root.spanID } && !"\(spans)".contains("secret"))
    }
}
