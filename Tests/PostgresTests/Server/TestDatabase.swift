import Loop
import Telemetry
import TestKit
import Testing
@testable import Postgres

/// A database of a test's own on the stack's server: made before it, dropped after it.
struct TestDatabase {
    static let loops = LoopGroup(count: 2, name: "postgres-tests")

    let name: String
    let url: String
    let pool: PostgresPool

    /// Runs `body` with an empty database.
    static func with<R>(_ configuration: PostgresConfiguration = .patient, _ body: (TestDatabase) async throws -> R) async throws -> R {
        let server = try TestStack.load().postgres
        let admin = try PostgresPool(url: server, .patient, on: loops, log: quiet)
        let name = uniqueName("postgres_tests")
        _ = try await admin.query(.once("CREATE DATABASE \(name)"))
        let url = replaceDatabase(of: server, by: name)
        let pool = try PostgresPool(url: url, configuration, on: loops, log: quiet)
        func drop() async {
            await pool.close()
            _ = try? await admin.query(.once("DROP DATABASE IF EXISTS \(name) WITH (FORCE)"))
            await admin.close()
        }
        do {
            let value = try await body(TestDatabase(name: name, url: url, pool: pool))
            await drop()
            return value
        } catch {
            await drop()
            throw error
        }
    }

    /// Runs `body` with a pool to the server's own database, for statements that leave nothing behind.
    static func sharedPool<R>(_ configuration: PostgresConfiguration = .patient, _ body: (PostgresPool) async throws -> R) async throws -> R {
        let pool = try PostgresPool(url: try TestStack.load().postgres, configuration, on: loops, log: quiet)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Waits until the server runs a statement with `name` in its text.
    static func untilRunning(_ name: String) async throws {
        try await sharedPool { other in
            let find = Statement.once("select 1 from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' and query like '%\(name)%'")
            let hasBegun = try await eventually(within: .seconds(60)) { try await !other.query(find).isEmpty }
            try #require(hasBegun)
        }
    }

    static let quiet = Log(service: "postgres-tests", level: .error, sink: MemorySink())

    /// Another pool to the same database.
    func anotherPool(_ configuration: PostgresConfiguration = .patient, log: Log = quiet) throws -> PostgresPool {
        try PostgresPool(url: url, configuration, on: TestDatabase.loops, log: log)
    }

    private static func replaceDatabase(of url: String, by name: String) -> String {
        guard let slash = url.lastIndex(of: "/") else { return url }
        return url[...slash] + name
    }
}

/// The error that `body` throws.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch { return error as? PostgresError }
}

extension PostgresConfiguration {
    /// Limits that no busy machine meets by accident; a test of a limit sets its own.
    static var patient: PostgresConfiguration {
        PostgresConfiguration(connectTimeout: 30_000, statementTimeout: 60_000, poolWait: 30_000)
    }
}
