import Loop
import Telemetry
import Testing
import TestKit
@testable import Postgres

@Suite("Transactions")
struct TransactionTests {
    private struct Stop: Error {}
    private static let insert = Statement("insert into t values ($1, $2)")
    private static let count = Statement("select count(*) from t")
    private static let add = Statement("update t set v = v + $2 where id = $1")
    private static let value = Statement("select v from t where id = $1")

    /// A database with a table of two accounts.
    private func with(_ configuration: PostgresConfiguration = .patient, _ body: (PostgresPool) async throws -> Void) async throws {
        try await TestDatabase.with(configuration) { database in
            try await database.pool.query(.once("create table t (id int4 primary key, v int4 not null)"))
            try await database.pool.query(Self.insert, [.int4(1), .int4(100)])
            try await database.pool.query(Self.insert, [.int4(2), .int4(100)])
            try await body(database.pool)
        }
    }

    @Test("what a body did is there when it returns, on and off the loops")
    func commits() async throws {
        try await with { pool in
            let tag = try await pool.withTransaction { transaction in
                try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                try await transaction.run([(Self.insert, [.int4(4), .int4(1)]), (Self.insert, [.int4(5), .int4(1)])])
                return "done"
            }
            #expect(tag == "done")
            try await TestDatabase.loops.run { try await pool.withTransaction { _ = try await $0.query(Self.insert, [.int4(6), .int4(1)]) } }
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 6)
        }
    }

    @Test("nothing of it is there when it throws, and the connection is good for others")
    func rollsBack() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await with(configuration) { pool in
            for _ in 0..<3 {
                await #expect(throws: Stop.self) {
                    try await pool.withTransaction { transaction in
                        try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                        throw Stop()
                    }
                }
            }
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 2)
        }
    }

    @Test("a body that swallows an error cannot commit what came before it")
    func swallowedError() async throws {
        try await with { pool in
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                    _ = try? await transaction.query(Self.insert, [.int4(1), .int4(1)])
                    let after = await postgresError { _ = try await transaction.query(Self.insert, [.int4(4), .int4(1)]) }
                    #expect(after?.sqlState == "25P02")
                }
            }
            #expect(error?.sqlState == "25P02")
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 2)
        }
    }

    @Test("a mistake that never left the process does not end the transaction, not even as its first statement")
    func refusedHere() async throws {
        try await with { pool in
            try await pool.withTransaction { transaction in
                #expect(await postgresError { _ = try await transaction.query(Statement("select $1"), [.text("a\0")]) }?.kind == .protocol)
                try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                #expect(await postgresError { _ = try await transaction.query(Statement("select $1"), [.text("a\0")]) }?.kind == .protocol)
                #expect(try await transaction.query(Statement("select pg_current_xact_id_if_assigned() is not null")).bool(0, 0))
            }
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 3)
        }
    }

    @Test("statements of a transaction may be asked for at the same time; none runs before it has begun")
    func concurrent() async throws {
        try await with { pool in
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    await withTaskGroup(of: Void.self) { group in
                        for id in 3..<40 { group.addTask { _ = try? await transaction.query(Self.insert, [.int4(Int32(id)), .int4(1)]) } }
                    }
                    #expect(try await transaction.query(Self.count).int8(0, 0) == 39)
                    throw PostgresError(.protocol, "undo")
                }
            }
            #expect(error?.message == "undo")
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 2)
        }
    }

    @Test("a transaction that is over answers nobody")
    func escaped() async throws {
        try await with { pool in
            let escaped = try await pool.withTransaction { transaction in
                try await transaction.query(Self.count)
                return transaction
            }
            #expect(await postgresError { _ = try await escaped.query(Self.count) }?.kind == .protocol)
            try await pool.withTransaction { _ in }
        }
    }

    @Test("serializable neighbours are run again until all have had their turn")
    func serialization() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.transactionAttempts = 40
        try await with(configuration) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await pool.withTransaction(isolation: .serializable) { transaction in
                            let value = try await transaction.query(Self.value, [.int4(1)]).int4(0, 0)
                            try await transaction.query(Statement("update t set v = $2 where id = $1"), [.int4(1), .int4(Int32(value + 1))])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.query(Self.value, [.int4(1)]).int4(0, 0) == 108)
        }
    }

    @Test("a conflict is tried a bounded number of times, then told")
    func conflictBound() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.transactionAttempts = 3
        try await with(configuration) { pool in
            let runs = Locked(0)
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    runs.withLock { $0 += 1 }
                    try await transaction.query(.once("do $$ begin raise sqlstate '40001'; end $$"))
                }
            }
            #expect(error?.isConflict == true && error?.isRetriable == true)
            #expect(runs.withLock { $0 } == 3)
        }
    }

    @Test("of two that wait for each other one is run again, and both succeed")
    func deadlock() async throws {
        try await with { pool in
            let runs = Locked(0)
            @Sendable func move(from: Int32, to: Int32, _ meeting: Meeting) async throws {
                try await pool.withTransaction { transaction in
                    let run = runs.withLock { runs in runs += 1; return runs }
                    try await transaction.query(Self.add, [.int4(from), .int4(-1)])
                    if run <= 2 { await meeting.wait() }
                    try await transaction.query(Self.add, [.int4(to), .int4(1)])
                }
            }
            let meeting = Meeting(of: 2)
            async let first: Void = move(from: 1, to: 2, meeting)
            async let second: Void = move(from: 2, to: 1, meeting)
            _ = try await (first, second)
            #expect(runs.withLock { $0 } == 3)
            #expect(try await pool.query(Self.value, [.int4(1)]).int4(0, 0) == 100)
            #expect(try await pool.query(Self.value, [.int4(2)]).int4(0, 0) == 100)
        }
    }

    @Test("a cancelled task leaves nothing behind, and does not wait for its slow statement")
    func cancelled() async throws {
        var configuration = PostgresConfiguration.patient
        configuration.connectionsPerLoop = 1
        try await with(configuration) { pool in
            let name = uniqueName("cancelled")
            let task = Task {
                await postgresError {
                    try await pool.withTransaction { transaction in
                        try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                        try await transaction.query(.once("select pg_sleep(50), '\(name)'"))
                    }
                }
            }
            try await TestDatabase.untilRunning(name)
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            // The only connection of the loop works, and nothing hits what it is asked next.
            for _ in 0..<20 { #expect(try await pool.query(Self.count).int8(0, 0) == 2) }
        }
    }

    @Test("a task that is cancelled before the commit does not commit")
    func cancelledAtTheEnd() async throws {
        try await with { pool in
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            let result = await task.result
            #expect(throws: PostgresError.self) { try result.get() }
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 2)
        }
    }

    @Test("a read-only transaction writes nothing, and a limit of its own holds for its statements")
    func options() async throws {
        try await with { pool in
            let error = await postgresError {
                try await pool.withTransaction(isolation: .repeatableRead, isReadOnly: true) { _ = try await $0.query(Self.insert, [.int4(3), .int4(1)]) }
            }
            #expect(error?.sqlState == "25006")
            let late = await postgresError {
                try await pool.withTransaction(statementTimeout: 300) { _ = try await $0.query(.once("select pg_sleep(40)")) }
            }
            #expect(late?.kind == .timeout)
            let setting = try await pool.withTransaction { try await $0.query(.once("show statement_timeout")).text(0, 0) }
            #expect(setting == "1min")
        }
    }

    @Test("rows are copied in, and a copy that is given up leaves none")
    func copy() async throws {
        try await with { pool in
            let pieces = Locked((3...5000).map { Array("\($0)\t7\n".utf8) })
            let copied = try await pool.withTransaction { transaction in
                try await transaction.copyIn("copy t (id, v) from stdin") { pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
            }
            #expect(copied == 4998)
            #expect(try await pool.query(Self.count).int8(0, 0) == 5000)
            await #expect(throws: Stop.self) {
                try await pool.withTransaction { _ = try await $0.copyIn("copy t (id, v) from stdin") { throw Stop() } }
            }
            let wrong = Locked(1)
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.copyIn("copy t (id, v) from stdin") { wrong.withLock { $0 -= 1; return $0 == 0 ? Array("x\ty\n".utf8) : nil } }
                }
            }
            #expect(error?.sqlState == "22P02")
            let refused = await postgresError { try await pool.withTransaction { _ = try await $0.copyIn("copy nosuch from stdin") { nil } } }
            #expect(refused?.sqlState == "42P01")
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 5000)
        }
    }

    @Test("rows are copied in as binary values, a piece at a time")
    func copyBinary() async throws {
        try await with { pool in
            try await pool.query(.once("create table all_types (id int8, name text, body bytea, at timestamptz, tags text[], raw jsonb)"))
            let next = Locked(0)
            let copied = try await pool.withTransaction { transaction in
                try await transaction.copyIn("copy all_types from stdin (format binary)") {
                    next.withLock { next in
                        guard next < 5000 else { return nil }
                        var rows = CopyRows()
                        if next > 0 { _ = rows.take() }   // the head is in the first piece only
                        for id in next..<next + 1000 {
                            rows.append([.int8(Int64(id)), id % 2 == 0 ? .null : .text("é\t\(id)"), .bytes([UInt8(id % 256)]), .timestamp(.init(microseconds: 0)),
                                         .textArray(["a", nil]), .jsonb("{}")])
                        }
                        next += 1000
                        return next < 5000 ? rows.take() : rows.end()
                    }
                }
            }
            #expect(copied == 5000)
            let rows = try await pool.query(Statement("select count(*), count(name), max(encode(body, 'hex')), bool_and(tags = '{a,null}') from all_types"))
            #expect(rows.int8(0, 0) == 5000 && rows.int8(0, 1) == 2500 && rows.text(0, 2) == "ff" && rows.bool(0, 3))
        }
    }

    @Test("a transaction whose connection is ended before its commit runs again")
    func lostBeforeCommit() async throws {
        try await with { pool in
            let runs = Locked(0)
            try await pool.withTransaction { transaction in
                let run = runs.withLock { runs in runs += 1; return runs }
                try await transaction.query(Self.insert, [.int4(3), .int4(1)])
                if run == 1 {
                    let process = try await transaction.query(.once("select pg_backend_pid()")).int4(0, 0)
                    try await pool.query(Statement("select pg_terminate_backend($1, 10000)"), [.int4(Int32(process))])
                }
                try await transaction.query(Self.insert, [.int4(4), .int4(1)])
            }
            #expect(runs.withLock { $0 } == 2)
            let count = try await pool.query(Self.count).int8(0, 0)
            #expect(count == 4)
        }
    }
}

/// Where tasks wait until all have come.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func wait() async {
        missing -= 1
        guard missing > 0 else {
            for waiter in waiting { waiter.resume() }
            return waiting = []
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
