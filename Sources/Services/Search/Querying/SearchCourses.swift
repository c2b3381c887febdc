import JSON
import Kit

/// Finds courses: exactly first, and with misspellings only when that found too little, since a fuzzy query costs seven times as much.
struct SearchCourses: Sendable {
    /// Fewer hits than this are looked for again, with misspellings.
    static let few = 3

    let index: ElasticCourseIndex

    func callAsFunction(_ query: SearchQuery, page: PageRequest) async throws -> SearchPage {
        let after = try page.cursor.map(Self.after)
        let exact = try await search(SearchBody(query: query, limit: page.limit, after: after?.values, isFuzzy: after?.isFuzzy ?? false))
        guard after == nil, query.text != nil, exact.total < Self.few else { return try exact.page(page, isFuzzy: after?.isFuzzy ?? false) }
        let fuzzy = try await search(SearchBody(query: query, limit: page.limit, after: nil, isFuzzy: true))
        return fuzzy.total > exact.total ? try fuzzy.page(page, isFuzzy: true) : try exact.page(page, isFuzzy: false)
    }

    private func search(_ body: SearchBody) async throws -> SearchAnswer {
        let answer = try await index.client.send("POST", "/\(index.alias)/_search", body.buffer)
        if answer.status == 404 { throw ElasticError(.busy, "there is no index yet") }
        guard answer.isSuccess else { throw ElasticError(status: answer.status, body: answer.body) }
        return SearchAnswer(answer.body)
    }

    /// A cursor holds how the list was made and the sort values of its last hit.
    private static func after(_ cursor: Cursor) throws(Problem) -> (isFuzzy: Bool, values: [JSONValue]) {
        let text = try cursor.string(1)
        guard let values = (try? JSONValue.parse(Array(text.utf8)))?.arrayValue, 1...5 ~= values.count,
              values.allSatisfy({ $0.arrayValue == nil && $0.objectValue == nil })
        else { throw .malformed("The cursor is not one that this list gave out.") }
        return (try cursor.string(0) == "fuzzy", values)
    }
}

/// The engine's answer, read with care.
struct SearchAnswer: Sendable {
    let body: JSONValue
    init(_ body: JSONValue) { self.body = body }

    var total: Int { body["hits"]?["total"]?["value"]?.intValue ?? body["hits"]?["total"]?.intValue ?? 0 }

    func page(_ request: PageRequest, isFuzzy: Bool) throws -> SearchPage {
        let hits = body["hits"]?["hits"]?.arrayValue ?? []
        let shown = hits.prefix(request.limit)
        var next: Cursor?
        if hits.count > request.limit, let sort = shown.last?["sort"] { next = Cursor([isFuzzy ? "fuzzy" : "exact", sort.jsonBuffer.text]) }
        return SearchPage(
            items: shown.compactMap { $0["_source"] }, total: total, nextCursor: next, categories: facet("categories"), prices: facet("prices"),
            levels: facet("levels"), languages: facet("languages"))
    }

    private func facet(_ name: String) -> [SearchPage.Count] {
        (body["aggregations"]?[name]?["values"]?["buckets"]?.arrayValue ?? []).compactMap { bucket in
            guard let value = bucket["key"]?.stringValue, let count = bucket["doc_count"]?.intValue else { return nil }
            return SearchPage.Count(value: value, count: count)
        }
    }
}
