import Mongo
import TestKit
import Testing

@Suite struct MongoChangesTests {
    @Test("changes come in order with their documents, in batches that go on from a token")
    func batches() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.create()
            let start = try await courses.changes(MongoWatch(waitMilliseconds: 0))
            #expect(start.events.isEmpty)
            try await courses.insertOne(["_id": "a", "n": 1])
            try await courses.updateOne(["_id": "a"], ["$set": ["n": 2]])
            try await courses.replaceOne(["_id": "a"], with: ["n": 3])
            try await courses.deleteOne(["_id": "a"])
            let first = try await courses.changes(MongoWatch(after: start.token, limit: 3))
            #expect(first.events.map(\.operation) == [.insert, .update, .replace])
            #expect(first.events.map(\.id) == ["a", "a", "a"])
            // An update's document is looked up when it is read: it is gone by now.
            #expect(first.events.map(\.document) == [["_id": "a", "n": 1], nil, ["_id": "a", "n": 3]])
            let rest = try await courses.changes(MongoWatch(after: first.token))
            #expect(rest.events.map(\.operation) == [.delete])
            #expect(rest.events.first?.collection == "courses")
            let clocks = (first.events + rest.events).map(\.clusterTime)
            #expect(clocks == clocks.sorted() && Set(clocks).count == 4)
            let again = try await courses.changes(MongoWatch(after: first.events[0].token))
            #expect(again.events.map(\.operation) == [.update, .replace, .delete])
        }
    }

    @Test("a read waits for the first change and not longer than it may")
    func waits() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.create()
            let start = try await courses.changes(MongoWatch(waitMilliseconds: 0))
            let begun = ContinuousClock.now
            let nothing = try await courses.changes(MongoWatch(after: start.token, waitMilliseconds: 300))
            #expect(nothing.events.isEmpty)
            #expect(ContinuousClock.now - begun >= .milliseconds(250))
            async let waiting = courses.changes(MongoWatch(after: nothing.token, waitMilliseconds: 60_000))
            try await courses.insertOne(["_id": 1])
            let found = try await waiting
            #expect(found.events.map(\.id) == [1])
            #expect(ContinuousClock.now - begun < .seconds(40))
        }
    }

    @Test("a pipeline chooses the changes, and a dropped collection ends the stream without losing the way on")
    func invalidate() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.create()
            let start = try await courses.changes(MongoWatch(waitMilliseconds: 0))
            try await courses.insertMany([["_id": 1, "keep": true], ["_id": 2, "keep": false]]).requireAll()
            let chosen = try await courses.changes(MongoWatch(after: start.token, pipeline: [["$match": ["fullDocument.keep": true]]]))
            #expect(chosen.events.map(\.id) == [1])
            try await courses.drop()
            let end = try await courses.changes(MongoWatch(after: start.token))
            #expect(end.events.map(\.operation) == [.insert, .insert, .drop, .invalidate])
            try await courses.insertOne(["_id": 3])
            #expect(try await courses.changes(MongoWatch(after: end.token)).events.map(\.id) == [3])
        }
    }

    @Test("a token that is none is an error of the server and not lost history")
    func wrongToken() async throws {
        try await MongoDatabase.with { database in
            let courses = database["courses"]
            try await courses.create()
            let error = await #expect(throws: MongoError.self) { try await courses.changes(MongoWatch(after: ["_data": "zz"])) }
            #expect(error.map { $0.kind == .server(code: $0.code) } == true)
        }
    }
}
