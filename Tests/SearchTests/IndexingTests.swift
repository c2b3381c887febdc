import CoursesAPI
import Events
import JSON
import Kit
import Loop
import TestKit
import TestRoutes
import Testing
@testable import Search

@Suite("Indexing")
struct IndexingTests {
    @Test("A course that is unlisted goes away, and an older event that comes late does not bring it back")
    func unlisted() async throws {
        try await Shelf.with { shelf in
            let id = CourseID()
            try await shelf.apply([CoursePublished(listing("First", id: id, revision: 2))])
            #expect(await shelf.titles("q=first") == ["First"])
            try await shelf.apply([CourseUnlisted(listing("First", id: id, revision: 4, state: .unlisted))])
            #expect(await shelf.titles("") == [])
            try await shelf.apply([CourseUpdated(listing("First", id: id, revision: 3))])
            #expect(await shelf.titles("") == [])
            try await shelf.apply([CoursePublished(listing("Again", id: id, revision: 5))])
            #expect(await shelf.titles("") == ["Again"])
        }
    }

    @Test("Of several events of a course the newest is kept, in whatever order and how often they come")
    func shuffled() async throws {
        try await Shelf.with { shelf in
            let id = CourseID()
            let events = (1...6).map { CourseUpdated(listing("Title \($0)", id: id, revision: $0)) }
            for _ in 0..<4 { try await shelf.apply(events.shuffled()) }
            #expect(await shelf.titles("") == ["Title 6"])
            for event in events.shuffled() { try await shelf.apply([event]) }
            #expect(await shelf.titles("") == ["Title 6"])
        }
    }

    @Test("When the index was dropped the consumer makes it again, and no engine makes one by itself")
    func dropped() async throws {
        try await Shelf.with(hasIndex: false) { shelf in
            let event = CoursePublished(listing("First"))
            await #expect(throws: RetryLater.self) { try await shelf.apply([event]) }
            try await shelf.apply([event])
            #expect(await shelf.titles("") == ["First"])
            let targets = try await shelf.loops.run { [index = shelf.index] in try await index.targets() }
            #expect(targets == [IndexName.first(alias: shelf.index.alias).text])
        }
    }

    @Test("What the mapping does not know is refused for itself, and the others are written")
    func refused() async throws {
        try await Shelf.with { shelf in
            var broken = listing("Broken")
            broken.slug = String(repeating: "x", count: 40_000)
            let documents = [IndexedDocument(IndexedCourse(listing("Good"))), IndexedDocument(IndexedCourse(broken))]
            let result = try await shelf.loops.run { [index = shelf.index] in try await index.write(documents) }
            // An engine may take a term of that length; it may not lose the other for it.
            #expect(result.written + result.refused.count == 2 && result.written >= 1)
        }
    }

    @Test("Results of a bulk request: written, there already, to be sent again, never to be taken")
    func results() throws {
        let statuses = [201, 200, 409, 429, 503, 400]
        let result = BulkResult(items: statuses.map { ["index": ["status": .int($0), "error": ["reason": "why"]]] })
        #expect(result.written == 2 && result.current == 1 && result.delayed == [3, 4])
        #expect(result.refused == [BulkResult.Refusal(index: 5, reason: "why")])
    }

    @Test("Names of indexes sort by their time, and a stranger's name is none")
    func names() throws {
        let texts = ["courses-v10-20260101t000000z", "courses-v9-20250101t000000z", "courses-v1-00000000t000000z"]
        #expect(texts.compactMap { IndexName($0, alias: "courses") }.sorted().map(\.schemaVersion) == [1, 9, 10])
        for stranger in ["courses-videos", "courses-v1", "courses-v1-x", "courses-v1-20260101t000000z-old", "other-v1-20260101t000000z"] {
            #expect(IndexName(stranger, alias: "courses") == nil)
        }
    }

    @Test("An engine that is down is a 503; so is one without an index", arguments: [true, false])
    func away(isDown: Bool) async throws {
        let engine = isDown ? "http://127.0.0.1:\(freePort())" : nil
        try await Shelf.with(engine: engine, hasIndex: false) { shelf in
            let answer = await shelf.search("q=swift")
            #expect(answer.status == 503 && answer.header("content-type") == "application/problem+json" && answer.header("retry-after") != nil)
        }
    }
}
