import Loop
import Testing
import TestKit
@testable import Postgres

@Suite("Time limits, bounds and cancellation")
struct LimitTests {
    private static let sleep = Statement("select pg_sleep($1)")

    @Test("the server ends a statement that runs too long, and the connection lives on")
    func statementTimeout() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.statementTimeout = 3000
        configuration.connectionsPerLoop = 1
        try await TestDatabase.sharedPool(configuration) { pool in
            let start = ContinuousClock.now
            let error = await postgresError { _ = try await pool.query(Self.sleep, [.float8(60)]) }
            #expect(error?.kind == .timeout && error?.sqlState == "57014" && error?.effect == PostgresError.Effect.none)
            #expect(ContinuousClock.now - start < .seconds(30))
            try await pool.ping()
        }
    }

    @Test("a slow statement does not hold up the others")
    func slowNeighbour() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.statementTimeout = 120_000
        try await TestDatabase.sharedPool(configuration) { pool in
            let loop = TestDatabase.loops.loops[0]
            let name = uniqueName("slow")
            let slow = Task(executorPreference: loop) { await postgresError { try await pool.query(.once("select pg_sleep(100), '\(name)'")) } }
            try await TestDatabase.untilRunning(name)
            try await Task(executorPreference: loop) { for _ in 0..<20 { try await pool.ping() } }.value
            // It has not come to its end meanwhile.
            slow.cancel()
            #expect(await slow.value?.kind == .cancelled)
        }
    }

    @Test("who finds all connections taken waits as long as he may, then is told")
    func exhausted() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        configuration.poolWait = 5000
        try await TestDatabase.sharedPool(configuration) { pool in
            let loop = TestDatabase.loops.loops[0]
            try await Task(executorPreference: loop) { try await Self.connect(pool) }.value
            let gate = AsyncStream<Void>.makeStream()
            let holding = AsyncStream<Void>.makeStream()
            let holder = Task(executorPreference: loop) { () async throws -> Void in
                defer { holding.continuation.finish() }
                try await pool.withTransaction { transaction in
                    try await transaction.query(.once("select 1"))
                    holding.continuation.finish()
                    for await _ in gate.stream {}
                }
            }
            for await _ in holding.stream {}
            let start = ContinuousClock.now
            let error = await Task(executorPreference: loop) {
                await postgresError { try await pool.withTransaction { _ = try await $0.query(.once("select 1")) } }
            }.value
            #expect(error?.kind == .poolExhausted && error?.isRetriable == true)
            #expect(ContinuousClock.now - start >= .milliseconds(4900))
            #expect(ContinuousClock.now - start < .seconds(50))
            gate.continuation.finish()
            _ = try await holder.value
            try await pool.ping()
        }
    }

    /// Opening a connection counts as waiting for it: on a busy machine the first one may not be there in the time that a test grants.
    private static func connect(_ pool: PostgresPool) async throws {
        for _ in 0..<20 where await postgresError({ try await pool.ping() }) == nil { return }
        try await pool.ping()
    }

    @Test("more than may wait are refused at once")
    func refusedAtOnce() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        configuration.maximumQueued = 5
        try await TestDatabase.sharedPool(configuration) { pool in
            try await pool.ping()
            let loop = TestDatabase.loops.loops[0]
            let outcomes = await withTaskGroup(of: PostgresError?.self) { group in
                for _ in 0..<20 {
                    group.addTask(executorPreference: loop) { await postgresError { _ = try await pool.query(Self.sleep, [.float8(0.05)]) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count(where: { $0 == nil }) == 5)
            #expect(outcomes.count(where: { $0?.kind == .poolExhausted }) == 15)
        }
    }

    @Test("a cancelled task stops waiting at once; the connection goes on")
    func cancelledStatement() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.statementTimeout = 120_000
        try await TestDatabase.sharedPool(configuration) { pool in
            try await pool.ping()
            let task = Task { await postgresError { _ = try await pool.query(Self.sleep, [.float8(100)]) } }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            let late = Task { await postgresError { _ = try await pool.query(Self.sleep, [.float8(0)]) } }
            late.cancel()
            _ = await late.value
            try await pool.ping()
        }
    }

    @Test("closing waits for what runs, and refuses what comes")
    func close() async throws {
        let pool = try PostgresPool(url: try TestStack.load().postgres, .patient, on: TestDatabase.loops, log: TestDatabase.quiet)
        try await pool.ping()
        let name = uniqueName("close")
        let running = Task { try await pool.query(.once("select pg_sleep(5), '\(name)'")).count }
        try await TestDatabase.untilRunning(name)
        await pool.close()
        #expect(try await running.value == 1)
        #expect(await postgresError { try await pool.ping() }?.kind == .connection)
        #expect(await postgresError { try await pool.withConnection { _ = try await $0.query(.once("select 1")) } }?.kind == .connection)
        await pool.close()
    }

    @Test("closing does not wait for ever for a transaction that does not end")
    func closeStuck() async throws {
        let configuration = PostgresConfiguration(connectTimeout: 30_000, statementTimeout: 2000, poolWait: 30_000)
        let pool = try PostgresPool(url: try TestStack.load().postgres, configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
        let holding = AsyncStream<Void>.makeStream()
        let holder = Task {
            defer { holding.continuation.finish() }
            try await pool.withTransaction { transaction in
                try await transaction.query(.once("select 1"))
                holding.continuation.finish()
                try await Task.sleep(for: .seconds(120))
            }
        }
        for await _ in holding.stream {}
        let start = ContinuousClock.now
        await pool.close()
        #expect(ContinuousClock.now - start < .seconds(60))
        holder.cancel()
        _ = await holder.result
    }

    @Test("a copy is not a statement, and the pool survives the mistake")
    func copyAsStatement() async throws {
        try await TestDatabase.sharedPool { pool in
            let error = await postgresError { _ = try await pool.query(.once("copy (select 1) to stdout")) }
            #expect(error != nil)
            try await pool.ping()
        }
    }
}
