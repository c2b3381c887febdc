import CoursesAPI
import JSON
import Kit
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
            let other = Cursor(["exact", "[[1]]"])
            #expect(await shelf.search("cursor=\(other)").status == 400)
        }
    }
}
