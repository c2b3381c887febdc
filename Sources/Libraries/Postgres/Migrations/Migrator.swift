import Loop
import Telemetry

/// Brings a database to the schema that this program knows, one step a transaction, never two processes at once; refuses one it does not know.
///
/// What was applied stands in `schema_migrations`, with the SHA-256 of each text.
public struct Migrator: Sendable {
    private let pool: PostgresPool
    private let service: String
    private let migrations: [Migration]
    private let lockWait: UInt64
    private let log: Log

    /// `migrations` in any order; their numbers must be 1, 2, 3, … `lockWait`: how long to wait for another process that migrates, in milliseconds.
    public init(pool: PostgresPool, service: String, migrations: [Migration], lockWait: UInt64 = 60_000) {
        self.pool = pool
        self.service = service
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.lockWait = lockWait
        log = pool.log
    }

    /// Applies what is missing and returns it. Throws `MigrationError`, or `PostgresError` when the database cannot be reached.
    @discardableResult
    public func migrate() async throws -> [Migration] {
        let migrator = self
        let lock = AdvisoryLock("lyceum.migrations." + service)
        let applied = try await pool.withAdvisoryLock(lock, waitMilliseconds: lockWait, statementTimeout: 0) { session in
            try await migrator.migrate(in: session)
        }
        guard let applied else { throw MigrationError.busy }
        return applied
    }

    /// What `migrate` would apply. Throws when it would refuse.
    public func pending() async throws -> [Migration] { try await plan(pool) }

    /// Throws unless the database has exactly the schema that this program knows.
    public func check() async throws {
        let missing = try await pending()
        if !missing.isEmpty { throw MigrationError.pending(missing.map(\.number)) }
    }

    private static let table = """
        create table if not exists schema_migrations (
            service text not null, number integer not null, name text not null, checksum text not null,
            applied_at timestamptz not null default now(), milliseconds bigint not null, primary key (service, number))
        """
    private static let exists = Statement("select to_regclass('schema_migrations') is not null")
    private static let applied = Statement("select number, name, checksum from schema_migrations where service = $1 order by number")
    private static let checksum = Statement("select encode(sha256($1), 'hex')")
    private static let record = Statement("""
        insert into schema_migrations (service, number, name, checksum, milliseconds)
        values ($1, $2, $3, encode(sha256($4), 'hex'), $5)
        """)

    private func plan(_ executor: some PostgresExecutor) async throws -> [Migration] {
        guard try await executor.query(Migrator.exists).bool(0, 0) else {
            return try MigrationPlan.pending(migrations, migrations.map { _ in "" }, applied: [])
        }
        let rows = try await executor.query(Migrator.applied, [.text(service)])
        let applied = (0..<rows.count).map { AppliedMigration(number: rows.int4($0, 0), name: rows.text($0, 1), checksum: rows.text($0, 2)) }
        var checksums: [String] = []
        for migration in migrations { checksums.append(try await executor.query(Migrator.checksum, [.bytes(migration.sql)]).text(0, 0)) }
        return try MigrationPlan.pending(migrations, checksums, applied: applied)
    }

    private func migrate(in session: PostgresSession) async throws -> [Migration] {
        let pending = try await plan(session)
        if !pending.isEmpty { try await session.script(Migrator.table) }
        for migration in pending { try await apply(migration, in: session) }
        return pending
    }

    /// A failed step closes its transaction here, so that the session can say so and end.
    private func apply(_ migration: Migration, in session: PostgresSession) async throws {
        guard let sql = String(validating: migration.sql, as: UTF8.self) else { throw MigrationError.invalid("\(migration.name) is not UTF-8") }
        let start = Timestamp.now
        do {
            _ = try await session.query(.once("BEGIN"))
            try await session.script(sql)
            guard await session.isInTransaction else { throw PostgresError(.protocol, "a migration must not end its transaction", sqlState: "25000") }
            let milliseconds = Int((Timestamp.now - start) * 1000)
            _ = try await session.query(Migrator.record, [
                .text(service), .int4(Int32(migration.number)), .text(migration.name), .bytes(migration.sql), .int(milliseconds),
            ])
            _ = try await session.query(.once("COMMIT"))
        } catch {
            _ = try? await session.query(.once("ROLLBACK"))
            guard let error = error as? PostgresError else { throw error }
            throw MigrationError.failed(number: migration.number, name: migration.name, error)
        }
        log.info("a migration was applied", [("number", .int(migration.number)), ("name", .string(migration.name))])
    }
}

extension PostgresSession {
    /// A transaction is open and has not failed.
    fileprivate var isInTransaction: Bool {
        get async {
            let core = core
            return await core.loop.hop { core.connection?.isInTransaction ?? false }
        }
    }
}
