import CoursesAPI
import JSON
import Testing
@testable import Search

@Suite("The request to the engine")
struct SearchBodyTests {
    private func body(_ query: SearchQuery, after: [JSONValue]? = nil, isFuzzy: Bool = false) throws -> JSONValue {
        try JSONValue.parse(SearchBody(query: query, limit: 20, after: after, isFuzzy: isFuzzy).buffer.array)
    }

    @Test("Hits are filtered by everything, each facet by everything but itself")
    func facets() throws {
        let body = try body(SearchQuery(category: "design", price: .free, priceMin: 1, level: .beginner, language: "en"))
        #expect(body["post_filter"]?["bool"]?["filter"]?.arrayValue?.count == 5)
        for (facet, count) in [("categories", 4), ("prices", 3), ("levels", 4), ("languages", 4)] {
            #expect(body["aggs"]?[facet]?["filter"]?["bool"]?["filter"]?.arrayValue?.count == count, "\(facet)")
        }
    }

    @Test("Marks of courses that are gone are never hits nor counted")
    func marks() throws {
        #expect(try body(SearchQuery())["query"]?["bool"]?["filter"]?[0]?["term"]?["deleted"]?.boolValue == false)
    }

    @Test("Of a hit only what is shown is fetched: no description")
    func source() throws {
        let names = try body(SearchQuery())["_source"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(names == SearchHit.Field.allCases.map(\.rawValue))
        #expect(!names.isEmpty && !names.contains("description") && !names.contains("objectives"))
    }

    @Test("Misspellings are asked for only when they are wanted")
    func fuzziness() throws {
        let query = SearchQuery(text: "swift")
        #expect(try !body(query).jsonBuffer.text.contains("fuzziness"))
        let should = try body(query, isFuzzy: true)["query"]?["bool"]?["should"]?.arrayValue
        let fuzzy = should?.filter { $0["multi_match"]?["fuzziness"]?.stringValue == "AUTO" }
        #expect(fuzzy?.count == 1)
        #expect(fuzzy?.first?["multi_match"]?["fields"]?.arrayValue?.allSatisfy { $0.stringValue?.contains(".plain") == true } == true)
    }

    @Test("One more than the page is asked for, after the last hit of the page before; every order ends with the id")
    func paging() throws {
        for sort in SearchQuery.Sort.allCases {
            let body = try body(SearchQuery(text: "x", sort: sort), after: [1, "a"])
            #expect(body["size"]?.intValue == 21 && body["search_after"] == [1, "a"])
            #expect(body["sort"]?.arrayValue?.last?["id"]?["order"]?.stringValue == "asc")
        }
    }

    @Test("A text is a value, whatever signs it has")
    func text() throws {
        let text = "a\"},{\"match_all\":{}} \\ \u{7}"
        let should = try body(SearchQuery(text: text))["query"]?["bool"]?["should"]?.arrayValue ?? []
        #expect(should.compactMap { $0["multi_match"]?["query"]?.stringValue } == [text, text])
    }
}
