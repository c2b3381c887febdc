import Glibc
import Kit
public import Loop
import Postgres
import Telemetry
import TestKit

/// A PostgreSQL database of one test, dropped afterwards.
public enum TestDatabase {
    /// Makes an empty database on the stack's server, runs `body` with its URL, and drops it.
    public static func with<R: Sendable>(_ name: String, on loops: LoopGroup, _ body: (_ url: String) async throws -> R) async throws -> R {
        let server = try TestStack.load().postgres
        let database = uniqueName(name)
        // Making a database copies files: while many tests do so at once it takes its time.
        let patience = PostgresConfiguration(connectTimeout: 30_000, statementTimeout: 120_000, poolWait: 30_000)
        let admin = try PostgresPool(url: server, patience, on: loops, log: Log(service: "test", level: .error))
        _ = try await admin.query(.once("create database \(database)"))
        do {
            let result = try await body(url(server, database))
            _ = try? await admin.query(.once("drop database \(database) with (force)"))
            await admin.close()
            return result
        } catch {
            _ = try? await admin.query(.once("drop database \(database) with (force)"))
            await admin.close()
            throw error
        }
    }

    /// The server's URL with another database.
    private static func url(_ server: String, _ database: String) -> String {
        let slash = server.lastIndex(of: "/") ?? server.endIndex
        return "\(server[..<slash])/\(database)"
    }
}
