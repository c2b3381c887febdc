import JSON
import Mongo
import Telemetry
import Testing

@Suite struct MongoCollectionTests {
    @Test("a document is found as it was inserted, with every kind of value")
    func insertAndFind() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            let document: BSONDocument = [
                "_id": .uuid(try #require(UUID16("0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6"))), "n": nil, "t": true, "i": .int32(3), "l": .int64(4), "d": 0.5,
                "s": "text", "at": .date(Timestamp(microseconds: 1_700_000_000_123_000)), "b": .binary([1, 2]), "a": [1, "x"], "o": ["k": "v"],
            ]
            try await things.insertOne(document)
            #expect(try await things.findOne(["o.k": "v"]) == document)
            #expect(try await things.findOne(["o.k": "w"]) == nil)
            #expect(try await things.count() == 1)
        }
    }

    @Test("pages are sorted, shaped and say whether there is more")
    func pages() async throws {
        try await MongoDatabase.with { database in
            let numbers = database["numbers"]
            try await numbers.insertMany((0..<25).map { ["_id": .int($0), "half": .int($0 / 2), "noise": "x"] }).requireAll()
            let find = MongoFind(sort: ["_id": -1], projection: ["half": 1], skip: 5, limit: 10)
            let page = try await numbers.find([:], find)
            #expect(page.items.first == ["_id": 19, "half": 9])
            #expect(page.items.count == 10)
            #expect(page.hasMore)
            let last = try await numbers.find(["_id": ["$gte": 15]], MongoFind(limit: 10)) { view in try view.document().int("_id") }
            #expect(last.items.count == 10)
            #expect(!last.hasMore)
            #expect(try await numbers.count(["half": ["$lt": 3]]) == 6)
            #expect(try await numbers.count(limit: 7) == 7)
        }
    }

    @Test("a scan reads a whole collection page by page and goes on from an id")
    func scan() async throws {
        try await MongoDatabase.with { database in
            let numbers = database["numbers"]
            try await numbers.insertMany((0..<250).map { ["_id": .int($0), "even": .bool($0 % 2 == 0)] }).requireAll()
            var seen: [Int] = []
            var sizes: [Int] = []
            for try await page in numbers.scan(["even": true], pageSize: 50, as: { try $0.document().int("_id") }) {
                seen += page.items
                sizes.append(page.items.count)
                #expect(page.lastID.intValue == page.items.last)
            }
            #expect(seen == Array(stride(from: 0, to: 250, by: 2)))
            #expect(sizes == [50, 50, 25])
            var rest: [Int] = []
            for try await page in numbers.scan(after: 239, pageSize: 6, as: { try $0.document().int("_id") }) { rest += page.items }
            #expect(rest == Array(240..<250))
        }
    }

    @Test("a document becomes JSON where it was received")
    func json() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.insertOne(["_id": "c", "title": "Swift", "secret": 1, "sections": [["id": 1]]])
            let buffer = try await courses.findOne(["_id": "c"], as: { view in
                var json = JSONWriter()
                try view.write(to: &json, skipping: ["secret"])
                return json.finish()
            })
            #expect(String(decoding: try #require(buffer).array, as: UTF8.self) == #"{"id":"c","title":"Swift","sections":[{"id":1}]}"#)
        }
    }

    @Test("updates say what they found, changed and made")
    func updates() async throws {
        try await MongoDatabase.with { database in
            let things = database["things"]
            try await things.insertMany([["_id": 1, "n": 1], ["_id": 2, "n": 1]]).requireAll()
            #expect(try await things.updateOne(["_id": 1], ["$inc": ["n": 1]]) == MongoUpdateResult(matched: 1, modified: 1, upsertedID: nil))
            #expect(try await things.updateOne(["_id": 1], ["$set": ["n": 2]]) == MongoUpdateResult(matched: 1, modified: 0, upsertedID: nil))
            #expect(try await things.updateMany(["n": ["$gt": 0]], ["$set": ["n": 5]]).modified == 2)
            #expect(try await things.updateOne(["_id": 3], ["$set": ["n": 1]], MongoUpdateOptions(upsert: true)).upsertedID == 3)
            #expect(try await things.replaceOne(["_id": 9], with: ["x": 1]).matched == 0)
            #expect(try await things.replaceOne(["_id": 9], with: ["x": 1], upsert: true).upsertedID == 9)
            #expect(try await things.updateOne(["_id": 9], .pipeline([["$set": ["y": ["$add": ["$x", 1]]]]])).modified == 1)
            #expect(try await things.findOne(["_id": 9])?.int("y") == 2)
            #expect(try await things.deleteOne(["_id": 9]) == 1)
            #expect(try await things.deleteMany(["_id": ["$lt": 3]]) == 2)
            #expect(try await things.count() == 1)
        }
    }

    @Test("one element of an array is changed by an array filter")
    func arrayFilters() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.insertOne(["_id": 1, "lectures": [["id": "a", "ready": false], ["id": "b", "ready": false]]])
            let how = MongoUpdateOptions(arrayFilters: [["l.id": "b"]])
            try await courses.updateOne(["_id": 1], ["$set": ["lectures.$[l].ready": true]], how)
            #expect(try await courses.findOne(["_id": 1])?.documents("lectures") { try $0.bool("ready") } == [false, true])
        }
    }

    @Test("a document is found and changed in one step, before or after, first by order")
    func findOneAndUpdate() async throws {
        try await MongoDatabase.with { database in
            let jobs = database["jobs"]
            try await jobs.insertMany([["_id": 1, "p": 1], ["_id": 2, "p": 9]]).requireAll()
            let first = MongoFindAndUpdate(sort: ["p": -1], projection: ["taken": 1])
            #expect(try await jobs.findOneAndUpdate(["taken": nil], ["$set": ["taken": true]], first) == ["_id": 2, "taken": true])
            let before = MongoFindAndUpdate(returning: .before)
            #expect(try await jobs.findOneAndUpdate(["_id": 1], ["$inc": ["p": 1]], before) == ["_id": 1, "p": 1])
            #expect(try await jobs.findOneAndUpdate(["_id": 7], ["$set": ["p": 0]]) == nil)
            #expect(try await jobs.findOneAndUpdate(["_id": 7], ["$set": ["p": 0]], MongoFindAndUpdate(upsert: true)) == ["_id": 7, "p": 0])
            #expect(try await jobs.findOneAndDelete(["_id": ["$gt": 0]], sort: ["p": 1]) == ["_id": 7, "p": 0])
            #expect(try await jobs.count() == 2)
        }
    }

    @Test("a pipeline's results are read up to the limit")
    func aggregate() async throws {
        try await MongoDatabase.with { database in
            let sales = database["sales"]
            try await sales.insertMany((0..<30).map { ["_id": .int($0), "k": .int($0 % 3), "v": .int($0)] }).requireAll()
            let sums = try await sales.aggregate([["$group": ["_id": "$k", "sum": ["$sum": "$v"]]], ["$sort": ["_id": 1]]])
            #expect(try sums.items.map { try $0.int("sum") } == [135, 145, 155])
            #expect(!sums.hasMore)
            let some = try await sales.aggregate([["$sort": ["_id": 1]]], limit: 4) { try $0.document().int("_id") }
            #expect(some.items == [0, 1, 2, 3])
            #expect(some.hasMore)
        }
    }
}
