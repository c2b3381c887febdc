import Mongo
import Testing

@Suite struct MongoErrorTests {
    @Test("a second document with a unique key is refused by the index's name, and the message does not hold the key")
    func duplicateKey() async throws {
        try await MongoDatabase.with { database in
            let users = database["users"]
            try await users.createIndexes([MongoIndex("mail", ["mail": 1], isUnique: true)])
            try await users.insertOne(["_id": 1, "mail": "ada@example.org"])
            let error = await #expect(throws: MongoError.self) { try await users.insertOne(["_id": 2, "mail": "ada@example.org"]) }
            #expect(error?.isDuplicateKey("mail") == true)
            #expect(error?.isDuplicateKey("_id_") == false)
            #expect(error?.message.contains("ada@") == false)
            #expect(error?.isRetriable == false)
            let byID = await #expect(throws: MongoError.self) { try await users.insertOne(["_id": 1, "mail": "b"]) }
            #expect(byID?.isDuplicateKey("_id_") == true)
            let updated = await #expect(throws: MongoError.self) {
                try await users.updateOne(["_id": 3], ["$set": ["mail": "ada@example.org"]], MongoUpdateOptions(upsert: true))
            }
            #expect(updated?.isDuplicateKey("mail") == true)
        }
    }

    @Test("indexes are made once, and another under the same name is an error")
    func indexes() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            let index = MongoIndex("byState", ["state": 1, "at": -1], partial: ["state": "open"])
            try await things.createIndexes([index, MongoIndex("gone", ["at": 1], expireAfterSeconds: 60)])
            try await things.createIndexes([index])
            let reply = try await database.pool.runCommand(["listIndexes": "things"], on: database.name)
            #expect(try reply.documents("cursor.firstBatch") { try $0.string("name") } == ["_id_", "byState", "gone"])
            let error = await #expect(throws: MongoError.self) { try await things.createIndexes([MongoIndex("byState", ["other": 1])]) }
            #expect(error?.kind == .server(code: 86))
        }
    }

    @Test("a validator refuses what does not satisfy it, and is replaced by the next")
    func validator() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            try await things.create(validator: ["price": ["$gte": 0]])
            let error = await #expect(throws: MongoError.self) { try await things.insertOne(["_id": 1, "price": -1]) }
            #expect(error?.kind == .validation)
            try await things.create()
            try await things.insertOne(["_id": 1, "price": -1])
            try await things.drop()
            try await things.drop()
            #expect(try await things.count() == 0)
        }
    }

    @Test("an error of the server has its code")
    func serverError() async throws {
        try await MongoDatabase.with { database in
            let error = await #expect(throws: MongoError.self) { try await database["x"].find(["a": ["$nonsense": 1]]) }
            #expect(error?.kind == .server(code: 2))
            let command = await #expect(throws: MongoError.self) { try await database.pool.runCommand(["nonsense": 1], on: database.name) }
            #expect(command?.kind == .server(code: 59))
        }
    }

    @Test("a read that takes too long for the server is a timeout")
    func maxTime() async throws {
        try await MongoDatabase.with { database in
            try await database["x"].insertOne(["_id": 1])
            var configuration = MongoConfiguration(uri: try stackURI(), threads: 1)
            configuration.operationMilliseconds = 50
            let pool = try MongoPool(configuration)
            let error = await #expect(throws: MongoError.self) {
                try await pool.collection(database.name, "x").find(["$where": "sleep(2000) || true"])
            }
            #expect(error?.kind == .timeout)
            #expect(error?.isRetriable == true)
            await pool.close()
        }
    }

    @Test("a URI that is none is refused at once")
    func uri() {
        #expect { try MongoPool(uri: "http://127.0.0.1", threads: 1) } throws: { ($0 as? MongoError)?.kind == .invalid }
    }

    @Test("several writes say what was written and what was refused, in order and not")
    func bulk() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            let documents: [BSONDocument] = [["_id": 1], ["_id": 1], ["_id": 2], ["_id": 2], ["_id": 3]]
            let ordered = try await things.insertMany(documents)
            #expect(ordered.inserted == 1)
            #expect(ordered.errors.map(\.index) == [1])
            #expect(ordered.errors.first?.error.isDuplicateKey("_id_") == true)
            #expect(throws: MongoError.self) { try ordered.requireAll() }
            let unordered = try await things.insertMany(documents, ordered: false)
            #expect(unordered.inserted == 2)
            #expect(unordered.errors.map(\.index) == [0, 1, 3])
            #expect(try await things.count() == 3)
        }
    }

    @Test("writes of all kinds go together")
    func mixed() async throws {
        try await MongoDatabase.with { database in
            let result = try await database["things"].bulkWrite([
                .insert(["_id": 1, "n": 1]), .insert(["_id": 2, "n": 1]), .updateOne(["_id": 1], ["$set": ["n": 2]]), .updateMany([:], ["$inc": ["n": 1]]),
                .replaceOne(["_id": 3], ["n": 0], upsert: true), .deleteOne(["_id": 2]), .deleteMany(["n": ["$gt": 100]]),
            ])
            var expected = MongoBulkResult()
            (expected.inserted, expected.matched, expected.modified, expected.deleted, expected.upserted) = (2, 3, 3, 1, [4: 3])
            #expect(result == expected)
            #expect(try await database["things"].bulkWrite([]) == MongoBulkResult())
            #expect(try await database["things"].findOne(["_id": 1])?.int("n") == 3)
        }
    }
}
