import CoursesAPI
import JSON
import Kit
import Loop
import Mongo
import Stores
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Courses

@Suite("Importing a catalogue")
struct ImportTests {
    static func line(_ n: Int) -> String {
        #"{"id":"x:\#(n)","title":"Course \#(n)","price":9.99,"price_currency":"EUR","category":"Music","level":"beginner","enrolled":\#(n),"rating":4.5}"#
    }

    @Test("a line becomes a course with what the catalogue knows")
    func reading() throws {
        let line = try CatalogueLine(Array(#"""
            {"id":"u:1","title":"Añadir","subtitle":"","is_paid":false,"price":5,"level":"Advanced","language":"Spanish",
             "category":"IT & Software","subcategory":"Other","duration_hours":1.5,
             "published_at":"2019-02-19","instructors":["A",""],"num_lectures":12,"platform":"udemy","unknown":[1]}
            """#.utf8))
        #expect(line.price == Money(amount: 0, currency: "USD"))
        #expect(line.language == "es")
        #expect(line.levels == [.advanced])
        #expect(line.categories.map(\.path) == ["it-software/other", "it-software"])
        #expect(line.durationMs == 5_400_000)
        #expect(line.publishedAt?.rfc3339 == "2019-02-19T00:00:00.000Z")
        #expect(line.instructors == ["A"])
        #expect(line.subtitle == nil)
    }

    @Test("a bad line is refused with the reason", arguments: [
        "", "{", "[]", "{}", #"{"id":"x"}"#, #"{"id":"x","title":""}"#, #"{"id":1,"title":"t"}"#, #"{"id":"x","title":"t","rating":9}"#,
        #"{"id":"x","title":"t","price":5,"price_currency":"usd"}"#,
    ])
    func bad(text: String) { #expect(throws: (any Error).self) { try CatalogueLine(Array(text.utf8)) } }

    @Test("what is told of the longest line can be read")
    func told() throws {
        let family = "👩‍👩‍👧‍👦"
        let line = try CatalogueLine(JSONWriter.object { json in
            json.field("id", String(repeating: "x", count: 300))
            json.field("title", String(repeating: "t", count: 500))
            json.field("description", String(repeating: family, count: 2500))
            json.field("category", String(repeating: "c", count: 100))
            json.field("subcategory", String(repeating: "s", count: 100))
            json.field("price", 1_000_000)
        }.array)
        let event = try #require(ImportedCourse(line, at: .now).event)
        let listing = try Event(decoding: event.jsonBuffer.array).facts(CoursePublished.self).listing
        #expect(listing.categoryIDs.map(\.count) == [161, 80])
        #expect(listing.description?.unicodeScalars.count == 2000)
        #expect(listing.price == Money(amount: 100_000_000, currency: "USD"))
    }

    @Test("a line that is too long is skipped, counted and reported")
    func tooLong() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let context = service.context
            let reported = Locked<[String]>([])
            let said = try await context.loops.run {
                var lines = [CatalogueInput.tooLong, .line(Array(Self.line(1).utf8)), .line([])].makeIterator()
                return try await CoursesService.importCatalogue(
                    context, file: "f", nextLine: { lines.next() }, reportBad: { line, why in reported.withLock { $0.append("\(line): \(why)") } },
                    report: { _ in })
            }
            #expect(said == "3 lines: 1 courses added, 0 there already, 1 bad lines skipped")
            #expect(reported.withLock { $0 } == ["1: it is too long"])
        }
    }

    @Test("a category of a catalogue is found by its id, however long")
    func longCategory() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let (top, sub) = (String(repeating: "c", count: 80), String(repeating: "s", count: 80))
            let context = service.context
            _ = try await context.loops.run {
                var lines = [#"{"id":"1","title":"t","category":"\#(top)","subcategory":"\#(sub)"}"#].makeIterator()
                return try await CoursesService.importCatalogue(
                    context, file: "f", nextLine: { lines.next().map { .line(Array($0.utf8)) } }, reportBad: { _, _ in }, report: { _ in })
            }
            for category in [top, "\(top)-\(sub)", "\(top)/\(sub)"] {
                #expect(await service.call("GET", "/v1/courses?category=\(category)").json["items"]?.arrayValue?.count == 1)
            }
        }
    }

    @Test("it goes on where it ended, reports bad lines, and a course that is there stays alone")
    func resumed() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let database = try service.context.configuration.string("MONGO_DATABASE")
            let pool = try service.context.mongo()
            let store = MongoImportStore(MongoCourseStore(pool, database: database, nudge: {}), database: database)
            let bad = Locked<[Int]>([])
            let load = ImportCatalogue(store: store, clock: .system, reportBad: { line, _ in bad.withLock { $0.append(line) } }, report: { _ in })
            struct Killed: Error {}
            let lines = (1...600).map { $0 == 7 ? "{broken" : Self.line($0) }
            try await service.context.loops.run {
                var first = lines.prefix(400).makeIterator()
                await #expect(throws: Killed.self) {
                    try await load(file: "f") { if let line = first.next() { return .line(Array(line.utf8)) } else { throw Killed() } }
                }
                var again = lines.makeIterator()
                let progress = try await load(file: "f") { again.next().map { .line(Array($0.utf8)) } }
                #expect(progress.lines == 600)
                #expect(progress.added + 250 == 599)
                var other = lines.makeIterator()
                #expect(try await load(file: "another name") { other.next().map { .line(Array($0.utf8)) } }.added == 0)
            }
            #expect(bad.withLock { $0 }.allSatisfy { $0 == 7 })
            #expect(try await service.context.loops.run { try await pool.collection(database, "courses").count() } == 599)
            #expect(try await service.context.loops.run { try await pool.collection(database, "outbox").count() } == 599)
            #expect(await service.call("GET", "/v1/courses?category=music&limit=100").json["items"]?.arrayValue?.count == 100)
            await pool.close()
        }
    }
}
