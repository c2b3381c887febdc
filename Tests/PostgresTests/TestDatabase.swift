import Loop
import Telemetry
import TestKit
@testable import Postgres

/// A database of a test's own on the stack's server: made before it, dropped after it.
struct TestDatabase {
    static let loops = LoopGroup(count: 2, name: "postgres-tests")

    let name: String
    let url: String
    let pool: PostgresPool

    /// Runs `body` with an empty database.
    static func with<R>(_ configuration: PostgresConfiguration = .init(), _ body: (TestDatabase) async throws -> R) async throws -> R {
        let server = try TestStack.load().postgres
        let admin = try PostgresPool(url: server, on: loops, log: quiet)
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

    static let quiet = Log(service: "postgres-tests", level: .error, sink: MemorySink())

    /// Another pool to the same database.
    func anotherPool(_ configuration: PostgresConfiguration = .init(), log: Log = quiet) throws -> PostgresPool {
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
