import Glibc
import Loop
import TestKit
import Testing
@testable import Postgres

@Suite("A replica", .serialized)
struct ReplicaTests {
    private static let lagging = Statement("select pg_is_in_recovery(), (select count(*) from things)", mayLag: true)
    private static let fresh = Statement("select pg_is_in_recovery(), (select count(*) from things)", isReadOnly: true)

    private func pool(_ url: String, replica: String? = nil) throws -> PostgresPool {
        var configuration = PostgresConfiguration.patient
        configuration.replicaURL = replica
        configuration.statementTimeout = 60_000
        return try PostgresPool(url: url, configuration, on: TestDatabase.loops, log: TestDatabase.quiet)
    }

    private func ask(_ pool: PostgresPool, _ statement: Statement) async throws -> [String] {
        let rows = try await pool.query(statement)
        return [rows.bool(0, 0) ? "replica" : "primary", String(rows.int8(0, 1))]
    }

    @Test("what may lag is read from a replica, some moments old; what may not is not, and the primary answers for a replica that cannot")
    func reads() async throws {
        let primary = try await OwnServer()
        let writer = try pool(primary.url())
        try await writer.query(.once("create table things (n int)"))
        let replica = try await OwnServer(replicaOf: primary, settings: ["max_standby_streaming_delay=0"])
        let both = try pool(primary.url(), replica: replica.url()), operatorOfReplica = try pool(replica.url())
        #expect(try await ask(both, Self.lagging) == ["replica", "0"])
        #expect(try await ask(both, Self.fresh) == ["primary", "0"])

        try await operatorOfReplica.query(.once("select pg_wal_replay_pause()"))
        try await writer.query(.once("insert into things values (1)"))
        #expect(try await ask(both, Self.fresh) == ["primary", "1"])
        #expect(try await ask(both, Self.lagging) == ["replica", "0"], "it is some moments behind")
        try await operatorOfReplica.query(.once("select pg_wal_replay_resume()"))
        #expect(await eventually(within: .seconds(30)) { (try? await ask(both, Self.lagging)) == ["replica", "1"] })

        // What the primary has done to the table must be replayed, and a read is in the way: the replica ends it, which itself would not end in time.
        let slow = Statement("select pg_is_in_recovery(), (select count(*) from things), case when pg_is_in_recovery() then pg_sleep(600) end", mayLag: true)
        async let read = ask(both, slow)
        let reading = Statement("select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()")
        #expect(await eventually(within: .seconds(30)) { ((try? await operatorOfReplica.query(reading).int8(0, 0)) ?? 0) > 0 })
        try await writer.query(.once("truncate things"))
        #expect(try await read == ["primary", "0"])

        replica.stop(SIGKILL)
        #expect(try await ask(both, Self.lagging) == ["primary", "0"])
        try await replica.start()
        #expect(await eventually(within: .seconds(60)) { (try? await ask(both, Self.lagging)) == ["replica", "0"] })
        for pool in [both, writer, operatorOfReplica] { await pool.close() }
    }
}
