import Loop
import Testing
import TestKit
@testable import Postgres

@Suite("Sessions, locks and listeners")
struct SessionTests {
    @Test("a session keeps what it sets, and nobody else sees it")
    func session() async throws {
        try await TestDatabase.sharedPool { pool in
            let inside = try await pool.withConnection(statementTimeout: 0) { session in
                try await session.query(.once("set application_name = 'mine'"))
                try await session.script("create temporary table t (id int); insert into t values (1), (2)")
                #expect(try await session.query(.once("show statement_timeout")).text(0, 0) == "0")
                #expect(try await session.query(.once("select count(*) from t")).int8(0, 0) == 2)
                return try await session.query(.once("show application_name")).text(0, 0)
            }
            #expect(inside == "mine")
            #expect(try await pool.query(.once("show application_name")).text(0, 0) == "lyceum")
            let error = await postgresError { try await pool.withConnection { try await $0.script("select 1; selekt") } }
            #expect(error?.sqlState == "42601")
        }
    }

    @Test("one at a time has a lock; who may wait gets it next")
    func lock() async throws {
        try await TestDatabase.sharedPool { pool in
            let lock = AdvisoryLock(uniqueName("lock"))
            let outcome = try await pool.withAdvisoryLock(lock) { session in
                let seven = try await session.query(.once("select 7")).int4(0, 0)
                #expect(seven == 7)
                let second = try await pool.withAdvisoryLock(lock) { _ in "second" }
                let third = try await pool.withAdvisoryLock(lock, waitMilliseconds: 200) { _ in "third" }
                #expect(second == nil && third == nil)
                return "first"
            }
            #expect(outcome == "first")
            let inside = Locked(0)
            let most = Locked(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        _ = try await pool.withAdvisoryLock(lock, waitMilliseconds: 30_000) { session in
                            let now = inside.withLock { $0 += 1; return $0 }
                            most.withLock { $0 = max($0, now) }
                            try await session.query(.once("select pg_sleep(0.02)"))
                            inside.withLock { $0 -= 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(most.withLock { $0 } == 1)
        }
    }

    @Test("a body's error is thrown and the lock is free again")
    func lockError() async throws {
        struct Stop: Error {}
        try await TestDatabase.sharedPool { pool in
            let lock = AdvisoryLock(uniqueName("lock"))
            for _ in 0..<3 { await #expect(throws: Stop.self) { try await pool.withAdvisoryLock(lock) { _ in throw Stop() } } }
        }
    }

    @Test("who loses the connection loses the lock, and is told by being cancelled")
    func lockLost() async throws {
        try await TestDatabase.sharedPool { pool in
            let lock = AdvisoryLock(uniqueName("lock"))
            let wasCancelled = Locked(false)
            let error = await postgresError {
                _ = try await pool.withAdvisoryLock(lock) { session in
                    let process = try await session.query(.once("select pg_backend_pid()")).int4(0, 0)
                    // The loss may be seen before the answer that it was asked for: the one wait is cancelled then, or the other.
                    try await withTaskCancellationHandler {
                        try await pool.query(Statement("select pg_terminate_backend($1)"), [.int4(Int32(process))])
                        try await Task.sleep(for: .seconds(60))
                    } onCancel: {
                        wasCancelled.withLock { $0 = true }
                    }
                }
            }
            #expect(error?.kind == .connection)
            #expect(wasCancelled.withLock { $0 })
        }
    }

    @Test("a cancelled holder lets go of its lock")
    func lockCancelled() async throws {
        try await TestDatabase.sharedPool { pool in
            let lock = AdvisoryLock(uniqueName("lock"))
            let started = AsyncStream<Void>.makeStream()
            let task = Task {
                defer { started.continuation.finish() }
                try await pool.withAdvisoryLock(lock) { _ in
                    started.continuation.finish()
                    try await Task.sleep(for: .seconds(60))
                }
            }
            for await _ in started.stream {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let isFree = try await pool.withAdvisoryLock(lock) { _ in true }
            #expect(isFree == true)
        }
    }

    @Test("a listener hears what is committed, in order, after one gap")
    func notifications() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let iterator = pool.notifications(on: ["outbox", "Other \"x\""]).makeAsyncIterator()
            #expect(await iterator.next() == .gap)
            try await pool.notify("outbox", "één")
            try await pool.notify("unheard", "x")
            try await pool.notify("Other \"x\"")
            _ = await postgresError {
                try await pool.withTransaction { transaction in
                    try await transaction.notify("outbox", "undone")
                    throw PostgresError(.protocol, "undo")
                }
            }
            try await pool.notify("outbox", "last")
            var heard: [String] = []
            for _ in 0..<3 {
                guard case .notification(let notification) = await iterator.next() else { Issue.record("a gap"); return }
                heard.append(notification.channel + ":" + notification.payload)
            }
            #expect(heard == ["outbox:één", "Other \"x\":", "outbox:last"])
        }
    }

    @Test("a listener whose connection is lost connects again and says that it may have missed something")
    func listenerLost() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let iterator = pool.notifications(on: ["c"]).makeAsyncIterator()
            #expect(await iterator.next() == .gap)
            let end = Statement.once("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'")
            #expect(try await pool.query(end).count == 1)
            #expect(await iterator.next() == .gap)
            try await pool.notify("c", "again")
            guard case .notification(let notification) = await iterator.next() else { Issue.record("a gap"); return }
            #expect(notification.payload == "again")
        }
    }

    @Test("a listener ends with its task, and with its pool")
    func listenerEnds() async throws {
        try await TestDatabase.sharedPool { pool in
            let task = Task {
                var elements = 0
                for await _ in pool.notifications(on: ["nobody"]) { elements += 1 }
                return elements
            }
            try await Task.sleep(for: .milliseconds(300))
            task.cancel()
            #expect(await task.value <= 1)
            let other = try PostgresPool(url: try TestStack.load().postgres, .patient, on: TestDatabase.loops, log: TestDatabase.quiet)
            let iterator = other.notifications(on: ["nobody"]).makeAsyncIterator()
            #expect(await iterator.next() == .gap)
            await other.close()
            #expect(await iterator.next() == nil)
        }
    }
}
