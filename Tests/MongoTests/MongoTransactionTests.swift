import Glibc
import Loop
import Mongo
import Testing

private struct Refusal: Error {}

@Suite struct MongoTransactionTests {
    @Test("all of a transaction is written, and it reads what it wrote")
    func commits() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"], outbox = database["outbox"]
            try await courses.create()
            try await outbox.create()
            let read = try await database.pool.withTransaction { session in
                try session.insertOne(["_id": 1, "title": "Swift"], into: courses)
                try session.insertMany([["_id": 1, "type": "published"]], into: outbox).requireAll()
                try session.updateOne(in: courses, ["_id": 1], ["$set": ["title": "Swift 6"]])
                #expect(try session.findOneAndUpdate(in: courses, ["_id": 1], ["$inc": ["revision": 1]])?.int("revision") == 1)
                #expect(try session.count(in: outbox) == 1)
                return try session.findOne(in: courses, ["_id": 1])?.string("title")
            }
            #expect(read == "Swift 6")
            #expect(try await courses.findOne(["_id": 1]) == ["_id": 1, "title": "Swift 6", "revision": 1])
            #expect(try await outbox.count() == 1)
        }
    }

    @Test("nothing of a transaction whose body throws is written, and outside of it nothing is seen before the end")
    func aborts() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.create()
            await #expect(throws: Refusal.self) {
                try await database.pool.withTransaction { session in
                    try session.insertOne(["_id": 1], into: courses)
                    try session.deleteMany(in: courses, ["_id": 2])
                    throw Refusal()
                }
            }
            #expect(try await courses.count() == 0)
            await #expect(throws: MongoError.self) {
                try await database.pool.withTransaction { session in
                    try session.insertOne(["_id": 1], into: courses)
                    try session.insertOne(["_id": 1], into: courses)
                }
            }
            #expect(try await courses.count() == 0)
        }
    }

    @Test("transactions that touch the same document are tried again until each has happened once")
    func conflicts() async throws {
        try await MongoDatabase.with(threads: 4) { database in
            let counters = database["counters"]
            try await counters.insertOne(["_id": 1, "n": 0])
            let tries = Locked(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await untilDone(database.pool) { session in
                                let n = try session.findOne(in: counters, ["_id": 1])?.int("n") ?? 0
                                tries.withLock { $0 += 1 }
                                // The first waits for a second: of two that have read the same, one collides.
                                while tries.withLock({ $0 }) < 2 { usleep(1000) }
                                try session.updateOne(in: counters, ["_id": 1], ["$set": ["n": .int(n + 1)]])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await counters.findOne(["_id": 1])?.int("n") == 20)
            #expect(tries.withLock { $0 } > 20)
        }
    }

    @Test("a transient error that stays is tried as often as is configured, and then passed on")
    func bounded() async throws {
        try await MongoDatabase.with { database in
            var configuration = MongoConfiguration(uri: try stackURI(), threads: 1)
            configuration.transactionAttempts = 3
            let pool = try MongoPool(configuration)
            let tries = Locked(0)
            let error = await #expect(throws: MongoError.self) {
                try await pool.withTransaction { _ in
                    tries.withLock { $0 += 1 }
                    throw MongoError(.writeConflict, message: "again", labels: ["TransientTransactionError"])
                }
            }
            #expect(error?.kind == .writeConflict)
            #expect(tries.withLock { $0 } == 3)
            await pool.close()
        }
    }

    /// Sixteen that collide all the time may use up their tries: what is tested is that none is lost or made twice.
    private func untilDone(_ pool: MongoPool, _ body: @escaping @Sendable (borrowing MongoSession) throws -> Void) async throws {
        while true {
            do { return try await pool.withTransaction(body) } catch let error as MongoError where error.kind == .writeConflict {}
        }
    }
}
