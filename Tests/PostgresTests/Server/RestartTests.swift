import Glibc
import Loop
import Telemetry
import Testing
import TestKit
@testable import Postgres

@Suite("A server that goes away and comes back", .serialized)
struct RestartTests {
    private static let read = Statement("select count(*) from t", isReadOnly: true)
    private static let insert = Statement("insert into t values ($1, $2)")

    private func pool(_ server: OwnServer, _ configuration: PostgresConfiguration = .patient, log: Log = TestDatabase.quiet) throws -> PostgresPool {
        try PostgresPool(url: server.url(), configuration, on: TestDatabase.loops, log: log)
    }

    /// How long the load goes on around the restarts.
    private struct Load {
        var reads = 0
        var readErrors: [PostgresError] = []
        var committed: [Int] = []
        var uncertain: [Int] = []
        var writeErrors: [PostgresError] = []
        var isOver = false
    }

    @Test("restarted under load: reads do not notice, no transaction is half, and what was told to be committed is there", arguments: [SIGINT, SIGQUIT])
    func underLoad(signal: CInt) async throws {
        let server = try await OwnServer()
        let pool = try pool(server)
        try await pool.query(.once("create table t (id int4, half int4)"))
        let load = Locked(Load())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { await read(pool, load) } }
            for writer in 0..<4 { group.addTask { await write(pool, load, writer) } }
            for _ in 0..<2 {
                try await Task.sleep(for: .milliseconds(300))
                server.stop(signal)
                try await server.start()
            }
            let before = load.withLock { $0.committed.count }
            #expect(await eventually(within: .seconds(60)) { load.withLock { $0.committed.count } > before + 20 })
            load.withLock { $0.isOver = true }
            try await group.waitForAll()
        }
        let outcome = load.withLock { $0 }
        #expect(outcome.reads > 0)
        #expect(outcome.readErrors == [])
        #expect(outcome.writeErrors.allSatisfy { $0.kind == .connection }, "\(outcome.writeErrors)")
        let halves = try await pool.query(Statement("select id from t group by id having count(*) <> 2"))
        #expect(halves.isEmpty)
        let ids = Set(try await pool.query(Statement("select array_agg(distinct id) from t")).int4Array(0, 0))
        #expect(ids.isSuperset(of: outcome.committed))
        #expect(ids.isSubset(of: outcome.committed + outcome.uncertain))
        await pool.close()
    }

    private func read(_ pool: PostgresPool, _ load: Locked<Load>) async {
        while !load.withLock({ $0.isOver }) {
            let error = await postgresError { try await pool.query(Self.read) }
            load.withLock { load in
                load.reads += 1
                if let error { load.readErrors.append(error) }
            }
        }
    }

    private func write(_ pool: PostgresPool, _ load: Locked<Load>, _ writer: Int) async {
        var id = writer
        while !load.withLock({ $0.isOver }) {
            id += 4
            let mine = id
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [.int4(Int32(mine)), .int4(1)])
                    try await transaction.query(Self.insert, [.int4(Int32(mine)), .int4(2)])
                }
            }
            load.withLock { load in
                guard let error else { return load.committed.append(mine) }
                load.writeErrors.append(error)
                if error.effect == .unknown { load.uncertain.append(mine) }
            }
        }
    }

    @Test("connections that died while nobody used them are never handed out", arguments: [SIGINT, SIGKILL])
    func idleConnections(signal: CInt) async throws {
        let server = try await OwnServer()
        let pool = try pool(server)
        try await pool.query(.once("create table t (id int4, half int4)"))
        for loop in TestDatabase.loops.loops {
            try await Task(executorPreference: loop) { try await pool.withTransaction { _ = try await $0.query(Self.read) } }.value
        }
        server.stop(signal)
        try await server.start()
        // Not marked as read-only, so none of these may be sent a second time.
        for loop in TestDatabase.loops.loops {
            try await Task(executorPreference: loop) {
                try await pool.query(Self.insert, [.int4(1), .int4(1)])
                try await pool.withTransaction { _ = try await $0.query(Self.insert, [.int4(1), .int4(2)]) }
            }.value
        }
        #expect(try await pool.query(Self.read).int8(0, 0) == 4)
        await pool.close()
    }

    @Test("while the server is away callers are told in time, later at once; when it is back they are served")
    func away() async throws {
        let server = try await OwnServer()
        let sink = MemorySink()
        var configuration = PostgresConfiguration.patient
        configuration.poolWait = 500
        let pool = try pool(server, configuration, log: Log(service: "test", sink: sink))
        #expect(await eventually(within: .seconds(30)) { (try? await pool.ping()) != nil })
        server.stop()
        let loop = TestDatabase.loops.loops[0]
        let first = await Task(executorPreference: loop) { await postgresError { try await pool.ping() } }.value
        #expect(first?.kind == .connection && first?.isRetriable == true)
        try await Task.sleep(for: .milliseconds(600))
        let refused = await Task(executorPreference: loop) {
            let start = loop.now
            let error = await postgresError { try await pool.ping() }
            return (error, loop.now - start)
        }.value
        #expect(refused.0?.kind == .connection && refused.1 < 300)
        try await server.start()
        try await Task(executorPreference: loop) {
            let isBack = await eventually(within: .seconds(30)) { (try? await pool.ping()) != nil }
            try #require(isBack)
        }.value
        let lines = sink.lines.joined(separator: "\n")
        #expect(lines.contains("the database cannot be reached") && lines.contains("the database is back"))
        #expect(!lines.contains("s3cret"))
        await pool.close()
    }

    @Test("a read whose server process is killed is asked again, a write is not, and says that it may have happened")
    func killedBackend() async throws {
        let server = try await OwnServer()
        let pool = try pool(server)
        let other = try self.pool(server)
        try await pool.query(.once("create table t (id int4)"))
        for isReadOnly in [true, false] {
            let slow = Statement("select pg_sleep(3), \(isReadOnly ? 1 : 2)", isReadOnly: isReadOnly)
            let task = Task { await postgresError { try await pool.query(slow) } }
            let find = Statement.once("select pid from pg_stat_activity where query = '\(slow.sql)' and state = 'active' and pid <> pg_backend_pid()")
            let hasBegun = try await eventually { try await !other.query(find).isEmpty }
            #expect(hasBegun)
            let process = try await other.query(find).int4(0, 0)
            try await other.query(Statement("select pg_terminate_backend($1)"), [.int4(Int32(process))])
            let error = await task.value
            if isReadOnly {
                #expect(error == nil)
            } else {
                #expect(error?.kind == .connection && error?.effect == .unknown && error?.sqlState == "57P01")
            }
        }
        await pool.close()
        await other.close()
    }

    @Test("a wrong password is no secret's end: the error says neither")
    func wrongPassword() async throws {
        let server = try await OwnServer()
        var configuration = PostgresConfiguration.patient
        configuration.poolWait = 500
        let url = "postgresql://lyceum:wr0ng-passw0rd@127.0.0.1:\(server.port)/postgres"
        let pool = try PostgresPool(url: url, configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
        let error = await postgresError { try await pool.ping() }
        #expect(error?.kind == .connection)
        #expect(error?.message.contains("password authentication failed") == true)
        #expect(error.map { "\($0) \(pool.place)".contains("wr0ng") } == false)
        await pool.close()
    }
}
