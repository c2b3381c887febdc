import CoursesAPI
import HTTP
import JSON
import Kit
import Loop
import Telemetry
import TestRoutes
import Testing
@testable import Search

@Suite("Pages of hits")
struct PagingTests {
    /// Many in the same place of each order, some without a rating.
    static let courses: [CourseListing] = (0..<53).map { number in
        listing("Swift course", enrolled: number % 4, rating: number % 3 == 0 ? nil : Double(number % 5))
    }

    @Test("Walking the pages shows every hit exactly once, in any order", arguments: [
        "sort=relevance", "sort=relevance&q=swift", "sort=newest", "sort=rating", "sort=popular&q=course", "q=swifd",
    ])
    func everyHitOnce(query: String) async throws {
        try await Shelf.with(Self.courses) { shelf in
            var ids: [String] = []
            var cursor: String?
            var pages = 0
            repeat {
                let answer = await shelf.search(query + "&limit=10" + (cursor.map { "&cursor=\($0)" } ?? ""))
                try #require(answer.status == 200)
                #expect(answer.total == 53)
                ids += answer.ids
                cursor = answer.json["nextCursor"]?.stringValue
                #expect((answer.header("link") != nil) == (cursor != nil))
                pages += 1
            } while cursor != nil && pages < 20
            #expect(pages == 6 && ids.count == 53 && Set(ids).count == 53)
        }
    }

    @Test("The order is what was asked for; what has no rating comes last")
    func order() async throws {
        try await Shelf.with(Self.courses) { shelf in
            let popular = await shelf.search("sort=popular&limit=100").json["items"]?.arrayValue?.compactMap { $0["enrolledCount"]?.intValue } ?? []
            #expect(popular.count == 53 && popular == popular.sorted(by: >))
            let newest = await shelf.search("sort=newest&limit=100").json["items"]?.arrayValue?.compactMap { $0["publishedAt"]?.stringValue } ?? []
            #expect(newest.count == 53 && newest == newest.sorted(by: >))
            let items = await shelf.search("sort=rating&limit=100").json["items"]?.arrayValue ?? []
            let rated = items.map { $0["rating"]?["average"]?.doubleValue ?? -1 }
            #expect(rated.count == 53 && rated == rated.sorted(by: >) && rated.last == -1)
        }
    }

    @Test("A cursor that this list did not give out is 400", arguments: ["nonsense", "eyJ4IjoxfQ", "W10"])
    func badCursors(cursor: String) async throws {
        try await Shelf.with { shelf in
            #expect(await shelf.search("cursor=\(cursor)").status == 400)
            let forged = [
                ["exact", "[\"x\",\"y\"]"], ["relevance", "exact", "[[1]]"], ["relevance", "other", "[1,\"x\"]"], ["relevance", "exact", "1"],
            ]
            for parts in forged {
                #expect(await shelf.search("cursor=\(Cursor(parts))").status == 400, "\(parts)")
            }
        }
    }

    @Test("A cursor goes on in the order that gave it out; in another one, or with and without words, it is 400")
    func cursorOfAnotherOrder() async throws {
        try await Shelf.with(Self.courses) { shelf in
            let words = await shelf.search("q=swift&limit=10").json["nextCursor"]?.stringValue ?? ""
            let newest = await shelf.search("sort=newest&limit=10").json["nextCursor"]?.stringValue ?? ""
            for (cursor, orders) in [(words, ["q=swift", "q=course"]), (newest, ["sort=newest", "q=swift&sort=newest"])] {
                for order in orders { #expect(await shelf.search("\(order)&cursor=\(cursor)").status == 200, "\(order)") }
            }
            for (cursor, orders) in [(words, ["", "q=swift&sort=newest"]), (newest, ["", "q=swift", "sort=popular"])] {
                for order in orders { #expect(await shelf.search("\(order)&cursor=\(cursor)").status == 400, "\(order)") }
            }
        }
    }

    @Test("What the engine refuses is 400 when a cursor may be the reason, and our mistake without one", arguments: [true, false])
    func refusedByEngine(hasCursor: Bool) async throws {
        let loops = LoopGroup(count: 1)
        var router = Router()
        router.on("POST", "/{index}/_search") { _ in
            Response(status: 400, headers: [("content-type", "application/json")], body: .bytes(Buffer(Array(#"{"error":{"type":"x"}}"#.utf8))))
        }
        let servers = try await Servers.start(
            address: "127.0.0.1", port: 0, on: loops, limits: Server.Limits(), router: router, onRefusal: HTTP.Refusal.plain)
        let query = hasCursor ? "cursor=\(Cursor(["relevance", "exact", "[\"x\",\"y\"]"]))" : ""
        var status = 0
        try await Shelf.with(engine: "http://127.0.0.1:\(servers.port)", hasIndex: false) { status = await $0.search(query).status }
        await servers.stop(graceMilliseconds: 0)
        await loops.shutdown()
        #expect(status == (hasCursor ? 400 : 500))
    }

    @Test("A hit shows all that is known of the course")
    func hit() async throws {
        var course = listing("Swift", amount: 1999, enrolled: 7, rating: 4.5)
        (course.subtitle, course.instructorNames, course.durationMs) = ("For all", ["Sam"], 60_000)
        try await Shelf.with([course]) { shelf in
            let average = try JSONValue.parse(Array("4.5".utf8))
            let item = await shelf.search("").json["items"]?[0]
            #expect(item == [
                "id": .string("\(course.courseID)"), "slug": "slug", "title": "Swift", "subtitle": "For all", "language": "en",
                "levels": ["beginner"], "price": ["amount": 1999, "currency": "EUR"], "categoryIds": ["design"], "instructorNames": ["Sam"],
                "rating": ["average": average, "count": 10], "enrolledCount": 7, "durationMs": 60_000,
                "publishedAt": .string(course.publishedAt.rfc3339),
            ])
        }
    }
}
