import JSON
import Kit

/// Finds courses: exactly first, and with misspellings only when that found too little, since a fuzzy query costs seven times as much.
struct SearchCourses: Sendable {
    /// Fewer hits than this are looked for again, with misspellings.
    static let few = 3

    let index: ElasticCourseIndex

    func callAsFunction(_ query: SearchQuery, page: PageRequest) async throws -> SearchPage {
        if let cursor = page.cursor {
            let place = try SearchPlace(cursor, in: query)
            let body = SearchBody(query: query, limit: page.limit, after: place.values, isFuzzy: place.isFuzzy)
            return try await search(body).page(of: body)
        }
        let exactBody = SearchBody(query: query, limit: page.limit, after: nil, isFuzzy: false)
        let exact = try await search(exactBody)
        guard query.text != nil, exact.total < Self.few else { return exact.page(of: exactBody) }
        let fuzzyBody = SearchBody(query: query, limit: page.limit, after: nil, isFuzzy: true)
        let fuzzy = try await search(fuzzyBody)
        return fuzzy.total > exact.total ? fuzzy.page(of: fuzzyBody) : exact.page(of: exactBody)
    }

    private func search(_ body: SearchBody) async throws -> SearchAnswer {
        let answer = try await index.client.send("POST", "/\(index.alias)/_search", body.buffer)
        if answer.status == 404 { throw ElasticError(.busy, "there is no index yet") }
        // The values of a cursor are all that a client hands to the engine as they are.
        if answer.status == 400, body.after != nil { throw SearchPlace.strange }
        guard answer.isSuccess else { throw ElasticError(status: answer.status, body: answer.body) }
        return SearchAnswer(answer.body)
    }
}

/// The engine's answer, read with care.
struct SearchAnswer: Sendable {
    let body: JSONValue
    init(_ body: JSONValue) { self.body = body }

    var total: Int { body["hits"]?["total"]?["value"]?.intValue ?? body["hits"]?["total"]?.intValue ?? 0 }

    /// The page that `request` asked for.
    func page(of request: SearchBody) -> SearchPage {
        let hits = body["hits"]?["hits"]?.arrayValue ?? []
        let shown = hits.prefix(request.limit)
        var next: Cursor?
        if hits.count > request.limit, let values = shown.last?["sort"]?.arrayValue {
            next = SearchPlace(values: values, isFuzzy: request.isFuzzy).cursor(in: request.query)
        }
        return SearchPage(
            items: shown.compactMap { $0["_source"].map(SearchHit.init) }, total: total, nextCursor: next, categories: facet("categories"),
            prices: facet("prices"), levels: facet("levels"), languages: facet("languages"))
    }

    private func facet(_ name: String) -> [SearchPage.Count] {
        (body["aggregations"]?[name]?["values"]?["buckets"]?.arrayValue ?? []).compactMap { bucket in
            guard let value = bucket["key"]?.stringValue, let count = bucket["doc_count"]?.intValue else { return nil }
            return SearchPage.Count(value: value, count: count)
        }
    }
}
