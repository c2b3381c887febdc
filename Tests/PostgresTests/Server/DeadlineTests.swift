import CPostgres
import Glibc
import Loop
import Testing
import TestKit
@testable import Postgres

/// All limits of the pool are far away here: what ends, ends by the deadline of the task.
@Suite("The deadline of a task")
struct DeadlineTests {
    private static let sleep = Statement("select pg_sleep($1)")
    private static let short = 200

    /// What a transaction throws that wrote before its deadline and is not done at it: a later one where the machine was too slow for the first.
    private func lateError(in pool: PostgresPool, _ body: (PostgresTransaction, Deadline) async throws -> Void) async -> PostgresError? {
        for limit in [1000, 6000, 30_000] {
            let deadline = Deadline(milliseconds: limit)
            var hasWritten = false
            let error = await postgresError {
                try await deadline.during {
                    try await pool.withTransaction { transaction in
                        try await transaction.query(.once("insert into things values (1)"))
                        hasWritten = true
                        try await body(transaction, deadline)
                    }
                }
            }
            if hasWritten { return error }
        }
        return nil
    }

    @Test("an answer that came while the loop was held up is not late, nor is its connection")
    func heldUp() async throws {
        let settings = try ConnectionSettings(url: try TestStack.load().postgres, .patient), loops = LoopGroup(count: 1), loop = loops.loops[0]
        try await Task(executorPreference: loop) {
            let connection = try await Handshake.open(settings, timeout: 30_000, statementTimeout: 60_000, on: loop).get()
            let answer = Task(executorPreference: loop) { await connection.run([(.once("select 7 from pg_sleep(0.3)"), [])]) }
            while connection.queue.isEmpty { await Task.yield() }
            // From here on nothing else happens on this thread.
            var socket = pollfd(fd: PQsocket(connection.raw), events: Int16(POLLIN), revents: 0)
            while poll(&socket, 1, 60_000) == -1 && errno == EINTR {}
            connection.checkDeadlines(now: loop.now + 1_000_000)
            #expect(try await answer.value.get().first?.int4(0, 0) == 7)
            #expect(connection.lost == nil)
            connection.close()
        }.value
        await loops.shutdown()
    }

    @Test("a statement is waited for no longer, and the connection lives on")
    func statement() async throws {
        try await TestDatabase.sharedPool { pool in
            // On one loop, whose connection is there then: opening another takes what it takes.
            try await Task(executorPreference: TestDatabase.loops.loops[0]) {
                try await pool.ping()
                let error = await postgresError {
                    try await Deadline(milliseconds: Self.short).during { _ = try await pool.query(Self.sleep, [.float8(30)]) }
                }
                #expect(error?.kind == .timeout)
                try await pool.ping()
            }.value
        }
    }

    @Test("after it nothing is sent")
    func over() async throws {
        try await TestDatabase.with { database in
            try await database.pool.query(.once("create table things (id int)"))
            let error = await postgresError {
                try await Deadline(milliseconds: 0).during { _ = try await database.pool.query(.once("insert into things values (1)")) }
            }
            #expect(error?.kind == .timeout && error?.effect == PostgresError.Effect.none)
            #expect(try await database.pool.query(.once("select 1 from things")).isEmpty)
        }
    }

    @Test("a transaction whose statement meets it is undone, and the server is told to stop")
    func transaction() async throws {
        try await TestDatabase.with { database in
            try await database.pool.query(.once("create table things (id int)"))
            let name = uniqueName("late")
            let error = await lateError(in: database.pool) { transaction, _ in
                try await transaction.query(.once("select pg_sleep(50), '\(name)'"))
            }
            #expect(error?.kind == .timeout && error?.effect == PostgresError.Effect.none)
            #expect(try await database.pool.query(.once("select 1 from things")).isEmpty)
            let find = Statement.once("select 1 from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' and query like '%\(name)%'")
            let hasEnded = try await eventually(within: .seconds(30)) { try await database.pool.query(find).isEmpty }
            #expect(hasEnded)
        }
    }

    @Test("a transaction that has all it wants too late is not committed")
    func commit() async throws {
        try await TestDatabase.with { database in
            try await database.pool.query(.once("create table things (id int)"))
            let error = await lateError(in: database.pool) { _, deadline in
                try await Task.sleep(for: .milliseconds(deadline.remainingMilliseconds + 5))
            }
            #expect(error?.kind == .timeout && error?.effect == PostgresError.Effect.none)
            #expect(try await database.pool.query(.once("select 1 from things")).isEmpty)
        }
    }

    @Test("a connection that is not free is waited for no longer")
    func poolWait() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        configuration.poolWait = 50_000
        try await TestDatabase.sharedPool(configuration) { pool in
            let loop = TestDatabase.loops.loops[0]
            try await Task(executorPreference: loop) {
                try await pool.withTransaction { transaction in
                    try await transaction.query(.once("select 1"))
                    let error = await postgresError {
                        try await Deadline(milliseconds: Self.short).during {
                            try await pool.withTransaction { _ = try await $0.query(.once("select 1")) }
                        }
                    }
                    #expect(error?.kind == .poolExhausted && error?.effect == PostgresError.Effect.none)
                }
            }.value
        }
    }
}
