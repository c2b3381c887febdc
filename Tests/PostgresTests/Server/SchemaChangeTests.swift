import Testing
@testable import Postgres

@Suite("Tables that change under prepared statements")
struct SchemaChangeTests {
    private static let all = Statement("select * from t")

    @Test("a plan that is older than its table is made anew, unseen")
    func stalePlan() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            _ = try await pool.query(.once("create table t (a int4)"))
            _ = try await pool.query(.once("insert into t values (1)"))
            for _ in 0..<4 { #expect(try await pool.query(Self.all).columnCount == 1) }
            _ = try await pool.query(.once("alter table t add column b text default 'x'"))
            for _ in 0..<4 { #expect(try await pool.query(Self.all).columnCount == 2) }
        }
    }

    @Test("in a transaction too: it runs again")
    func stalePlanInTransaction() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            _ = try await pool.query(.once("create table t (a int4)"))
            func columns() async throws -> Int { try await pool.withTransaction { try await $0.query(Self.all).columnCount } }
            for _ in 0..<4 { #expect(try await columns() == 1) }
            _ = try await pool.query(.once("alter table t add column b text"))
            for _ in 0..<4 { #expect(try await columns() == 2) }
        }
    }

    @Test("statements that somebody deallocated are prepared again")
    func deallocated() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await TestDatabase.sharedPool(configuration) { pool in
            for _ in 0..<4 { try await pool.ping() }
            for _ in 0..<2 { _ = try await pool.query(.once("deallocate all")) }
            for _ in 0..<4 { try await pool.ping() }
        }
    }

    @Test("a transaction whose BEGIN or COMMIT somebody deallocated happens once", arguments: [true, false])
    func deallocatedInTransaction(beforeCommit: Bool) async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await TestDatabase.with(configuration) { database in
            let pool = database.pool
            _ = try await pool.query(.once("create table t (a int4)"))
            func insert(_ deallocates: Bool) async throws {
                try await pool.withTransaction { transaction in
                    try await transaction.query(.once("insert into t values (1)"))
                    if deallocates { try await transaction.query(.once("deallocate all")) }
                }
            }
            try await insert(false)
            if !beforeCommit { _ = try await pool.query(.once("deallocate all")) }
            try await insert(beforeCommit)
            #expect(try await pool.query(Self.all).count == 2)
        }
    }
}
