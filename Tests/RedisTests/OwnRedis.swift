import FoundationEssentials
import Loop
import Redis
import Telemetry
import TestKit

/// A pool on loops of its own for as long as a test runs.
func withRedis(
    _ configuration: RedisConfiguration? = nil, loops count: Int = 1, _ body: @escaping @concurrent @Sendable (RedisPool) async throws -> Void
) async throws {
    let loops = LoopGroup(count: count, name: "redis-test")
    let pool = RedisPool(try configuration ?? RedisConfiguration(url: TestStack.load().redis), on: loops, log: Log(service: "test", sink: MemorySink()))
    let result: Result<Void, any Error>
    do { result = .success(try await withTaskExecutorPreference(loops.loops[0]) { @concurrent in try await body(pool) }) } catch { result = .failure(error) }
    await pool.close()
    await loops.shutdown()
    try result.get()
}

/// A Redis on a free port that keeps nothing on disk. `LYCEUM_REDIS_SERVER` or the stack's `redisServer` names the program; else the one in PATH is taken.
struct OwnRedis: Sendable {
    let port = freePort()
    var password: String?

    var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(host: "127.0.0.1", port: port)
        configuration.password = password
        configuration.reconnectMilliseconds = 20...200
        return configuration
    }

    func start() async throws -> ServerProcess {
        let program = ProcessInfo.processInfo.environment["LYCEUM_REDIS_SERVER"] ?? (try? TestStack.load().string("redisServer")) ?? "redis-server"
        let arguments = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        let server = try ServerProcess(program, arguments + (password.map { ["--requirepass", $0] } ?? []))
        let isUp = await eventually { await answers() }
        if !isUp { throw ServerProcess.Failure("\(program) does not answer on port \(port): apt-get install redis-server") }
        return server
    }

    private func answers() async -> Bool {
        (try? await withRedis(configuration) { pool in try await pool.ping() }) != nil
    }
}
