import Glibc
import Loop
import Testing
import TestKit
@testable import Postgres

@Suite("Networks that fail, and encryption", .serialized)
struct NetworkTests {
    private static let write = Statement("select 1")

    @Test("a connection that falls silent is given up in time, and replaced")
    func halfOpen() async throws {
        let server = try await OwnServer()
        let proxy = FaultyProxy(to: server.port)
        defer { proxy.close() }
        var configuration = PostgresConfiguration.patient
        configuration.statementTimeout = 500
        configuration.connectionsPerLoop = 1
        let pool = try PostgresPool(url: server.url(port: proxy.port), configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
        let error = await Task(executorPreference: TestDatabase.loops.loops[0]) {
            #expect(await eventually(within: .seconds(30)) { (try? await pool.ping()) != nil })
            proxy.swallowAnswers(true)
            return await postgresError { try await pool.query(Self.write) }
        }.value
        #expect(error?.kind == .timeout || error?.kind == .connection)
        #expect(error?.effect == .unknown)
        proxy.swallowAnswers(false)
        proxy.cut()
        #expect(await eventually(within: .seconds(30)) { (try? await pool.ping()) != nil })
        await pool.close()
    }

    @Test("a transaction whose connection falls silent ends in time, also when the server answers no request to cancel", .timeLimit(.minutes(2)), arguments: [false, true])
    func silentTransaction(isStalled: Bool) async throws {
        let server = try await OwnServer()
        let proxy = FaultyProxy(to: server.port)
        defer { proxy.close() }
        var configuration = PostgresConfiguration.patient
        configuration.statementTimeout = 500
        let pool = try PostgresPool(url: server.url(port: proxy.port), configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
        #expect(await eventually(within: .seconds(30)) { (try? await pool.ping()) != nil })
        let error = await postgresError {
            try await pool.withTransaction { transaction in
                try await transaction.query(Self.write)
                if isStalled { proxy.stall(true) } else { proxy.swallowAnswers(true) }
                try await transaction.query(Self.write)
            }
        }
        #expect(error != nil && error?.effect == PostgresError.Effect.none)
        proxy.swallowAnswers(false)
        proxy.stall(false)
        proxy.cut()
        #expect(await eventually(within: .seconds(30)) { (try? await pool.ping()) != nil })
        await pool.close()
    }

    @Test("a server that takes connections and says nothing is no connection")
    func silentConnect() async throws {
        let server = try await OwnServer()
        let proxy = FaultyProxy(to: server.port)
        defer { proxy.close() }
        proxy.swallowAnswers(true)
        var configuration = PostgresConfiguration.patient
        configuration.connectTimeout = 300
        configuration.poolWait = 2000
        let pool = try PostgresPool(url: server.url(port: proxy.port), configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
        let error = await postgresError { try await pool.ping() }
        #expect(error?.kind == .connection && error?.message.contains("300 ms") == true)
        await pool.close()
    }

    @Test("a name that is not there is an error, a name that is there is looked up")
    func names() async throws {
        let server = try await OwnServer()
        let byName = server.url().replacing("127.0.0.1", with: "localhost")
        let pool = try PostgresPool(url: byName, .patient, on: TestDatabase.loops, log: TestDatabase.quiet)
        try await pool.ping()
        await pool.close()
        var configuration = PostgresConfiguration.patient
        configuration.poolWait = 1000
        let nowhere = try PostgresPool(url: "postgresql://db.invalid/d", configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
        let error = await postgresError { try await nowhere.ping() }
        #expect(error?.kind == .connection && error?.message.contains("db.invalid") == true)
        await nowhere.close()
    }

    @Test("sslmode is what the URL says: encrypted, verified, or refused")
    func encryption() async throws {
        let server = try await OwnServer(settings: ["ssl=on"]) { data in
            _ = try await OwnServer.output("openssl", [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", data + "/server.key", "-out", data + "/server.crt",
            ])
        }
        let certificate = server.folder + "/data/server.crt"
        let isEncrypted = Statement("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
        func ask(_ options: String, host: String = "127.0.0.1") async throws -> Bool {
            var configuration = PostgresConfiguration.patient
            configuration.poolWait = 1500
            let url = server.url(options).replacing("127.0.0.1", with: host)
            let pool = try PostgresPool(url: url, configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
            let result: Result<Bool, any Error>
            do { result = .success(try await pool.query(isEncrypted).bool(0, 0)) } catch { result = .failure(error) }
            await pool.close()
            return try result.get()
        }
        #expect(try await ask("?sslmode=disable") == false)
        #expect(try await ask("?sslmode=require") == true)
        #expect(try await ask("?sslmode=verify-full&sslrootcert=\(certificate)", host: "localhost") == true)
        let wrongHost = await postgresError { _ = try await ask("?sslmode=verify-full&sslrootcert=\(certificate)") }
        #expect(wrongHost?.kind == .connection)
        // Another certificate of the same name: who holds it has not signed the server's.
        let stranger = server.folder + "/stranger.crt"
        _ = try await OwnServer.output("openssl", [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", server.folder + "/stranger.key", "-out", stranger,
        ])
        for mode in ["verify-full", "verify-ca"] {
            let wrongIssuer = await postgresError { _ = try await ask("?sslmode=\(mode)&sslrootcert=\(stranger)", host: "localhost") }
            #expect(wrongIssuer?.kind == .connection && wrongIssuer?.message.contains("certificate verify failed") == true, "\(mode)")
        }
        #expect(try await ask("?sslmode=verify-ca&sslrootcert=\(certificate)") == true, "verify-ca does not look at the name")
        let plain = try await OwnServer()
        let pool = try PostgresPool(url: plain.url("?sslmode=require"), PostgresConfiguration(poolWait: 500), on: TestDatabase.loops, log: TestDatabase.quiet)
        #expect(await postgresError { try await pool.ping() }?.message.contains("SSL") == true)
        await pool.close()
    }
}
