import Loop
import Postgres
import Telemetry

/// Three statements of one request: one after the other, or in one round trip (libpq's pipeline mode).
enum RoundTrips {
    private static let callers = 8
    private static let statements = (1...3).map { Statement("select \($0), repeat('x', 100)", isReadOnly: true) }

    static func measure(url: String, isPipelined: Bool, seconds length: Double) async throws -> Rate {
        let loops = LoopGroup(count: 1)
        let pool = try PostgresPool(url: url, on: loops, log: Log(service: "bench", level: .error))
        let watch = Stopwatch()
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<callers {
                group.addTask(executorPreference: loops.loops[0]) {
                    var done = 0
                    while watch.seconds < length {
                        try await ask(pool, isPipelined)
                        done += 1
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        let rate = watch.rate(of: count)
        await pool.close()
        await loops.shutdown()
        return rate
    }

    private static func ask(_ pool: PostgresPool, _ isPipelined: Bool) async throws {
        if isPipelined {
            _ = try await pool.run(statements.map { ($0, []) })
        } else {
            for statement in statements { _ = try await pool.query(statement) }
        }
    }
}
