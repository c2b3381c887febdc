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
    ])
    func bad(text: String) { #expect(throws: (any Error).self) { try CatalogueLine(Array(text.utf8)) } }

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
                    try await load(file: "f") { if let line = first.next() { return Array(line.utf8) } else { throw Killed() } }
                }
                var again = lines.makeIterator()
                let progress = try await load(file: "f") { again.next().map { Array($0.utf8) } }
                #expect(progress.lines == 600)
                #expect(progress.added + 250 == 599)
                var other = lines.makeIterator()
                #expect(try await load(file: "another name") { other.next().map { Array($0.utf8) } }.added == 0)
            }
            #expect(bad.withLock { $0 }.allSatisfy { $0 == 7 })
            #expect(try await service.context.loops.run { try await pool.collection(database, "courses").count() } == 599)
            #expect(try await service.context.loops.run { try await pool.collection(database, "outbox").count() } == 599)
            #expect(await service.call("GET", "/v1/courses?category=music&limit=100").json["items"]?.arrayValue?.count == 100)
            await pool.close()
        }
    }
}
