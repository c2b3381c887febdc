import Loop
import Telemetry
import Testing
import TestKit
@testable import Postgres

@Suite("Statements on shared connections")
struct StatementTests {
    private static let add = Statement("select $1::int8 + $2::int8")
    private static let divide = Statement("select 10 / $1")

    @Test("a statement is answered, off the loops and on them")
    func query() async throws {
        try await TestDatabase.with { database in
            #expect(try await database.pool.query(Self.add, [.int8(2), .int8(40)]).int8(0, 0) == 42)
            let pool = database.pool
            let onLoop = try await TestDatabase.loops.run { try await pool.query(Self.add, [.int8(20), .int8(22)]).int8(0, 0) }
            #expect(onLoop == 42)
            try await pool.ping()
        }
    }

    @Test("an actor on its own executor may ask as well")
    func fromMainActor() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let sum = try await Task { @MainActor in try await pool.query(Self.add, [.int8(1), .int8(2)]).int8(0, 0) }.value
            #expect(sum == 3)
        }
    }

    @Test("many callers share few connections, and each gets its own answer")
    func pipelined() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let sums = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<800 {
                    group.addTask { (number, try await pool.query(Self.add, [.int8(Int64(number)), .int8(1)]).int8(0, 0)) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(sums.count == 800)
            #expect(sums.allSatisfy { $0.value == $0.key + 1 })
            let connections = try await pool.query(Statement.once("select count(*) from pg_stat_activity where datname = current_database()"))
            #expect(connections.int8(0, 0) <= 2 * PostgresConfiguration.patient.connectionsPerLoop)
        }
    }

    @Test("one caller's error leaves its neighbours in the pipeline alone")
    func errorInTheMiddle() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await TestDatabase.with(configuration) { database in
            let pool = database.pool
            let outcomes = await withTaskGroup(of: (Int, PostgresError?, Int?).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            return (number, nil, try await pool.query(Self.divide, [.int4(Int32(number % 3))]).int4(0, 0))
                        } catch { return (number, error as? PostgresError, nil) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (number, error, value) in outcomes {
                if number % 3 == 0 {
                    #expect(error?.sqlState == "22012")
                } else {
                    #expect(value == 10 / (number % 3))
                }
            }
        }
    }

    @Test("a batch that fails leaves what it prepared for others ready")
    func preparationSurvives() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await TestDatabase.with(configuration) { database in
            let pool = database.pool
            let second = Statement("select 'second'")
            async let failing = postgresError { _ = try await pool.run([(Self.divide, [.int4(0)]), (second, [])]) }
            async let others = withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 { group.addTask { (try? await pool.query(second).text(0, 0)) == "second" } }
                return await group.allSatisfy { $0 }
            }
            #expect(await failing?.sqlState == "22012")
            #expect(await others)
        }
    }

    @Test("all of a batch happens, or nothing")
    func batchIsATransaction() async throws {
        try await TestDatabase.with { database in
            _ = try await database.pool.query(.once("create table t (id int primary key)"))
            let insert = Statement("insert into t values ($1)")
            let error = await postgresError { _ = try await database.pool.run([(insert, [.int4(1)]), (insert, [.int4(2)]), (insert, [.int4(1)])]) }
            #expect(error?.isUniqueViolation("t_pkey") == true)
            #expect(error?.table == "t")
            #expect(try await database.pool.query(Statement("select count(*) from t")).int8(0, 0) == 0)
            let rows = try await database.pool.run([(insert, [.int4(1)]), (insert, [.int4(2)])])
            #expect(rows.map(\.affected) == [1, 1])
        }
    }

    @Test("a statement that cannot be prepared says why, to each who uses it")
    func syntaxError() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let wrong = Statement("selekt 1")
            let states = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<20 { group.addTask { await postgresError { _ = try await pool.query(wrong) }?.sqlState } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(states == Array(repeating: "42601", count: 20))
        }
    }

    @Test("an error says which type a value is not, and does not repeat the value", arguments: [
        ("uuid", #"a "secret": "word"#, #"invalid input syntax for type uuid: "…""#, "22P02"),
        ("int8", "99999999999999999999", #"value "…" is out of range for type bigint"#, "22003"),
        ("date", "2026-02-31", #"date/time field value out of range: "…""#, "22008"),
    ])
    func values(type: String, value: String, message: String, state: String) async throws {
        try await TestDatabase.with { database in
            let error = await postgresError { try await database.pool.query(Statement("select $1::text::\(type)"), [.text(value)]) }
            #expect(error?.sqlState == state && error?.message == message)
        }
    }

    @Test("what may lag goes to the replica, all else to the primary, and all to the primary when the replica is away")
    func replica() async throws {
        try await TestDatabase.with { database in
            let name = Statement("select current_setting('application_name')", mayLag: true)
            let fresh = Statement("select current_setting('application_name')")
            var configuration = PostgresConfiguration.patient
            configuration.replicaURL = database.url + "?application_name=replica"
            let pool = try database.anotherPool(configuration)
            #expect(try await pool.query(name).text(0, 0) == "replica")
            #expect(try await pool.query(fresh).text(0, 0) == "lyceum")
            #expect(try await pool.run([(name, []), (fresh, [])]).map { $0.text(0, 0) } == ["lyceum", "lyceum"])
            await pool.close()
            configuration.replicaURL = "postgresql://lyceum@127.0.0.1:\(freePort())/none"
            configuration.poolWait = 3000
            let lame = try database.anotherPool(configuration)
            #expect(try await lame.query(name).text(0, 0) == "lyceum")
            await lame.close()
        }
    }
}
