import Glibc
import Loop
import Mongo
import TestKit
import Testing

/// All limits of the pool are far away here: what ends, ends by the deadline of the task.
@Suite("MongoDB and the deadline of a task")
struct MongoDeadlineTests {
    private func kind(_ body: () async throws -> Void) async -> MongoError.Kind? {
        do { try await body() } catch let error as MongoError { return error.kind } catch { Issue.record(error) }
        return nil
    }

    @Test("a read is told to the server as no longer than that, and ends there")
    func read() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            try await things.insertOne(["_id": 1])
            let slow: BSONDocument = ["$where": "sleep(30000) || true"]
            #expect(await kind { try await Deadline(milliseconds: 300).during { _ = try await things.find(slow) } } == .timeout)
            // The server has given it up: it is among its operations no more.
            let isOver = try await eventually(within: .seconds(20)) {
                let operations = try await database.pool.runCommand(["currentOp": 1, "ns": .string("\(database.name).things")], on: "admin")
                return try operations.array("inprog").isEmpty
            }
            #expect(isOver)
        }
    }

    @Test("a thread that is not free is waited for no longer, and one that does not come back is left behind")
    func threads() async throws {
        try await MongoDatabase.with(threads: 1) { database in
            let things = database["things"]
            try await things.insertOne(["_id": 1])
            let isFree = Locked(false)
            let left = await kind {
                try await Deadline(milliseconds: 1000).during { try await database.pool.run { _ in while !isFree.withLock({ $0 }) { usleep(1000) } } }
            }
            #expect(left == .timeout)
            // The thread is still busy: this one waits for it.
            let waited = await kind { try await Deadline(milliseconds: 1000).during { try await things.insertOne(["_id": 2]) } }
            #expect(waited == .timeout)
            isFree.withLock { $0 = true }
            #expect(try await things.count() == 1)
        }
    }

    @Test("a transaction that has all it wants too late is not committed")
    func commit() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            try await things.create()
            let failure = await kind {
                try await Deadline(milliseconds: 300).during {
                    try await database.pool.withTransaction { session in
                        try session.insertOne(["_id": 1], into: things)
                        usleep(900_000)
                    }
                }
            }
            #expect(failure == .timeout)
            try await database.pool.withTransaction { session in try session.insertOne(["_id": 2], into: things) }
            #expect(try await things.find().items.map { try $0.int("_id") } == [2])
        }
    }
}
