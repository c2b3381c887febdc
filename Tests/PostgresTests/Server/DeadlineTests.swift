import Loop
import Testing
import TestKit
@testable import Postgres

/// All limits of the pool are far away here: what ends, ends by the deadline of the task.
@Suite("The deadline of a task")
struct DeadlineTests {
    private static let sleep = Statement("select pg_sleep($1)")
    private static let short = 200

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
            let error = await postgresError {
                // Time to connect and to begin, and far less than the statement takes.
                try await Deadline(milliseconds: 5000).during {
                    try await database.pool.withTransaction { transaction in
                        try await transaction.query(.once("insert into things values (1)"))
                        try await transaction.query(.once("select pg_sleep(50), '\(name)'"))
                    }
                }
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
            let error = await postgresError {
                let deadline = Deadline(milliseconds: 5000)
                try await deadline.during {
                    try await database.pool.withTransaction { transaction in
                        try await transaction.query(.once("insert into things values (1)"))
                        try await Task.sleep(for: .milliseconds(deadline.remainingMilliseconds + 5))
                    }
                }
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
