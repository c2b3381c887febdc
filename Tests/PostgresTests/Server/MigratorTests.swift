import Loop
import Testing
import TestKit
@testable import Postgres

@Suite("Migrations")
struct MigratorTests {
    private static func step(_ number: Int, _ name: String, _ sql: String) -> Migration { Migration(number: number, name: name, sql: Array(sql.utf8)) }
    private static let users = step(1, "users", "create table users (id uuid primary key);\ncreate index on users (id);")
    private static let email = step(2, "email", "alter table users add column email text not null default 'é';")
    private static let broken = step(3, "broken", "create table half (id int); select * from nosuch;")

    @Test("what is missing is applied, once")
    func applies() async throws {
        try await TestDatabase.with { database in
            let migrator = Migrator(pool: database.pool, service: "users", migrations: [Self.email, Self.users])
            #expect(try await migrator.pending().map(\.number) == [1, 2])
            await #expect(throws: MigrationError.pending([1, 2])) { try await migrator.check() }
            #expect(try await migrator.migrate() == [Self.users, Self.email])
            #expect(try await migrator.migrate() == [])
            try await migrator.check()
            #expect(try await database.pool.query(.once("select * from users")).columnCount == 2)
            // Another service's steps in the same database are its own.
            let other = Migrator(pool: database.pool, service: "other", migrations: [Self.step(1, "other", "create table other (id int)")])
            #expect(try await other.migrate().count == 1)
            try await migrator.check()
        }
    }

    @Test("a step that fails is undone whole; those before it stay")
    func fails() async throws {
        try await TestDatabase.with { database in
            let migrator = Migrator(pool: database.pool, service: "users", migrations: [Self.users, Self.email, Self.broken])
            do {
                try await migrator.migrate()
                Issue.record("it did not fail")
            } catch let error as MigrationError {
                guard case .failed(3, "broken", let cause) = error else { Issue.record("\(error)"); return }
                #expect(cause.sqlState == "42P01")
            }
            #expect(try await migrator.pending() == [Self.broken])
            #expect(try await database.pool.query(.once("select to_regclass('half') is null, to_regclass('users') is null")).bool(0, 0))
            #expect(try await database.pool.query(.once("select count(*) from users")).int8(0, 0) == 0)
        }
    }

    @Test("a changed step and a schema of a newer program are refused")
    func refuses() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            try await Migrator(pool: pool, service: "users", migrations: [Self.users, Self.email]).migrate()
            let older = Migrator(pool: pool, service: "users", migrations: [Self.users])
            await #expect(throws: MigrationError.unknown(number: 2, name: "email")) { try await older.check() }
            await #expect(throws: MigrationError.unknown(number: 2, name: "email")) { try await older.migrate() }
            let changed = Migrator(pool: pool, service: "users", migrations: [Self.step(1, "users", "create table users (id int)"), Self.email])
            await #expect(throws: MigrationError.changed(number: 1, name: "users")) { try await changed.migrate() }
        }
    }

    @Test("a step that ends its own transaction is refused")
    func ownCommit() async throws {
        try await TestDatabase.with { database in
            let migrator = Migrator(pool: database.pool, service: "users", migrations: [Self.step(1, "commit", "select 1; commit;")])
            await #expect(throws: MigrationError.self) { try await migrator.migrate() }
            let pending = try await migrator.pending()
            #expect(pending.count == 1)
        }
    }

    @Test("of several that start at the same time one migrates, the others find it done")
    func concurrent() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await Migrator(pool: pool, service: "users", migrations: [Self.users, Self.email]).migrate().count }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(applied.sorted() == [0, 0, 0, 2])
        }
    }

    @Test("who cannot have the lock in time says so")
    func busy() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            _ = try await pool.withAdvisoryLock(AdvisoryLock("lyceum.migrations.users")) { _ in
                await #expect(throws: MigrationError.busy) {
                    try await Migrator(pool: pool, service: "users", migrations: [Self.users], lockWait: 100).migrate()
                }
            }
        }
    }
}
