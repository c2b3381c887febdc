import Loop
import Testing
import TestKit

@testable import Redis

@Suite struct RedisLookupTests {
    /// Names that take as long as a test wants: the first look-up of a name fails when told to, the next are answered at once.
    private final class SlowNames: Sendable {
        private struct State {
            var asked = 0
            var first: CheckedContinuation<Void, Never>?
        }
        private let state = Locked(State())

        var asked: Int { state.withLock { $0.asked } }

        func resolve(_ port: UInt16) async throws -> [SocketAddress] {
            let isFirst = state.withLock { state in
                state.asked += 1
                return state.asked == 1
            }
            guard isFirst else { return [SocketAddress(host: "127.0.0.1", port: port)] }
            await withCheckedContinuation { continuation in state.withLock { $0.first = continuation } }
            throw RedisError(.connection, "no such name")
        }

        func failFirst() { state.withLock { $0.first.take() }?.resume() }
    }

    @Test("a name that is not found until its attempt is over harms no later connection")
    func lateLookup() async throws {
        let own = OwnRedis()
        let server = try await own.start()
        var configuration = own.configuration
        configuration.connectMilliseconds = 100
        let loops = LoopGroup(count: 1, name: "redis-test")
        let names = SlowNames()
        try await withTaskExecutorPreference(loops.loops[0]) { @concurrent [configuration] () async throws in
            let connection = RedisConnection(configuration, on: loops.loops[0], log: quiet()) { _, port in try await names.resolve(port) }
            #expect(await eventually { (try? await connection.run(RedisCommand("PING"), within: 1000)) != nil })
            #expect(names.asked == 2)
            async let waiting = connection.run(RedisCommand("BLPOP", "nothing", "0.5"), within: 5000)
            names.failFirst()
            #expect(try await waiting == .null)
            #expect(names.asked == 2)
            connection.close()
        }
        await loops.shutdown()
        server.end()
    }
}
