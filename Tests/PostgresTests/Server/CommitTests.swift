import Loop
import Testing
import TestKit
@testable import Postgres

@Suite("A transaction that commits with its last statements")
struct CommitTests {
    private struct Stop: Error {}
    private static let insert = Statement("insert into t values ($1) returning id * 10")
    private static let ids = Statement("select coalesce(array_agg(id order by id), '{}') from t")

    /// A database with an empty table, and one connection.
    private func with(_ body: (PostgresPool) async throws -> Void) async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await TestDatabase.with(configuration) { database in
            try await database.pool.query(.once("create table t (id int4 primary key, of int4 references t deferrable initially deferred)"))
            try await body(database.pool)
        }
    }

    private func ids(_ pool: PostgresPool) async throws -> [Int] { try await pool.query(Self.ids).int4Array(0, 0) }

    @Test("what came before and the last statements are there, and the rows of the last are answered")
    func commits() async throws {
        try await with { pool in
            let rows = try await pool.withTransaction { transaction in
                try await transaction.query(Self.insert, [.int4(1)])
                return try await transaction.commit([(Self.insert, [.int4(2)]), (Self.insert, [.int4(3)])]).map { $0.int4(0, 0) }
            }
            #expect(rows == [20, 30])
            let alone = try await pool.withTransaction { try await $0.commit([(Self.insert, [.int4(4)])])[0].int4(0, 0) }
            #expect(alone == 40)
            try await pool.withTransaction { _ = try await $0.commit([]) }
            let there = try await ids(pool)
            #expect(there == [1, 2, 3, 4])
        }
    }

    @Test("one that is refused undoes all of it, at its turn or at the commit, and the connection is good for others", arguments: [
        ("insert into t values (1)", "23505"), ("insert into t values (2, 7)", "23503"),
    ])
    func refused(_ sql: String, _ state: String) async throws {
        try await with { pool in
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [.int4(1)])
                    try await transaction.commit([(Self.insert, [.int4(3)]), (.once(sql), [])])
                }
            }
            #expect(error?.sqlState == state)
            #expect(error?.effect == PostgresError.Effect.none)
            let swallowed = await postgresError {
                try await pool.withTransaction { transaction in _ = try? await transaction.commit([(Self.insert, [.int4(3)]), (.once(sql), []), (.once(sql), [])]) }
            }
            #expect(swallowed?.sqlState == "25P02")
            let there = try await ids(pool)
            #expect(there == [])
        }
    }

    @Test("a mistake that never left the process commits nothing, and another try may")
    func refusedHere() async throws {
        try await with { pool in
            for before in [[], [1]] as [[Int32]] {
                try await pool.withTransaction { transaction in
                    for id in before { try await transaction.query(Self.insert, [.int4(id)]) }
                    #expect(await postgresError { try await transaction.commit([(Statement("select $1"), [.text("a\0")])]) }?.kind == .protocol)
                    try await transaction.commit([(Self.insert, [.int4(2 + (before.first ?? 0))])])
                }
            }
            let there = try await ids(pool)
            #expect(there == [1, 2, 3])
        }
    }

    @Test("what is thrown after the commit undoes nothing and runs nothing again; every further call fails")
    func after() async throws {
        try await with { pool in
            await #expect(throws: Stop.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.commit([(Self.insert, [.int4(1)])])
                    #expect(await postgresError { try await transaction.query(Self.ids) }?.kind == .protocol)
                    #expect(await postgresError { try await transaction.commit([(Self.ids, [])]) }?.kind == .protocol)
                    throw Stop()
                }
            }
            let there = try await ids(pool)
            #expect(there == [1])
        }
    }

    @Test("a conflict among the last statements is tried again from the beginning")
    func conflict() async throws {
        try await with { pool in
            let runs = Locked(0)
            try await pool.withTransaction { transaction in
                let run = runs.withLock { $0 += 1; return $0 }
                try await transaction.query(Self.insert, [.int4(1)])
                let last = run < 3 ? Statement.once("do $$ begin raise sqlstate '40001'; end $$") : Statement.once("select 1")
                try await transaction.commit([(Self.insert, [.int4(2)]), (last, [])])
            }
            #expect(runs.withLock { $0 } == 3)
            let there = try await ids(pool)
            #expect(there == [1, 2])
        }
    }

    @Test("a task that is cancelled before does not commit")
    func cancelled() async throws {
        try await with { pool in
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [.int4(1)])
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await transaction.commit([(Self.insert, [.int4(2)])])
                }
            }
            await #expect(throws: (any Error).self) { try await task.value }
            let there = try await ids(pool)
            #expect(there == [])
        }
    }
}
