import CoursesAPI
import JSON

/// The request to the engine: a query, its facets and a page of hits. Nothing that one engine alone gets right.
struct SearchBody: Sendable {
    let query: SearchQuery
    let limit: Int
    /// Sort values of the last hit of the page before.
    let after: [JSONValue]?
    /// Whether words may be misspelt.
    let isFuzzy: Bool

    var buffer: Buffer {
        JSONWriter.object(capacity: 4096) { json in
            json.field("size", limit + 1)
            json.field("track_total_hits", true)
            json.field("_source", SearchHit.Field.allCases.map(\.rawValue))
            json.object("query") { $0.object("bool", matching) }
            json.object("post_filter") { json in json.object("bool") { json in json.array("filter") { filters(without: nil, &$0) } } }
            json.object("aggs", facets)
            json.array("sort", sorting)
            if let after { json.field("search_after", JSONValue.array(after)) }
        }
    }

    private func matching(_ json: inout JSONWriter) {
        json.array("filter") { json in term("deleted", .bool(false), &json) }
        guard let text = query.text else { return }
        json.field("minimum_should_match", 1)
        json.array("should") { json in
            multiMatch(text, ["title^3", "subtitle^1.5", "categoryNames", "objectives", "description^0.5", "instructors.plain^2"], &json)
            // Words as they are: a misspelt one has no stem, and is too far from that of the right one.
            if isFuzzy { multiMatch(text, ["title.plain^2", "subtitle.plain", "categoryNames.plain", "instructors.plain"], isFuzzy: true, &json) }
            multiMatch(text, ["title.prefix^1.5", "instructors.prefix"], operator: "and", &json)
            json.beginObject()
            json.object("match_phrase") { json in
                json.object("title.plain") { json in
                    json.field("query", text)
                    json.field("boost", 4)
                }
            }
            json.endObject()
        }
    }

    private func multiMatch(_ text: String, _ fields: [String], isFuzzy: Bool = false, operator joint: String = "or", _ json: inout JSONWriter) {
        json.beginObject()
        json.object("multi_match") { json in
            json.field("query", text)
            json.field("fields", fields)
            json.field("type", "best_fields")
            json.field("operator", joint)
            if joint == "or" { json.field("minimum_should_match", "2<75%") }
            if isFuzzy {
                json.field("fuzziness", "AUTO")
                json.field("prefix_length", 1)
                json.field("max_expansions", 20)
            }
        }
        json.endObject()
    }

    private func term(_ field: String, _ value: JSONValue, _ json: inout JSONWriter) {
        json.beginObject()
        json.object("term") { json in
            json.name(field)
            json.value(value)
        }
        json.endObject()
    }

    /// Every filter but one: a facet is counted under all the others.
    private func filters(without left: SearchQuery.Filter?, _ json: inout JSONWriter) {
        if left != .category, let category = query.category {
            let either: [JSONValue] = ["categoryIds", "categoryPaths"].map { ["term": .object(JSONObject([($0, .string(category))]))] }
            json.value(["bool": ["should": .array(either), "minimum_should_match": 1]])
        }
        if left != .price { price(&json) }
        if left != .level, let level = query.level { term("levels", .string(level.rawValue), &json) }
        if left != .language, let language = query.language { term("language", .string(language), &json) }
    }

    private func price(_ json: inout JSONWriter) {
        if let kind = query.price { term("priceKind", .string(kind.rawValue), &json) }
        guard query.priceMin != nil || query.priceMax != nil else { return }
        json.beginObject()
        json.object("range") { json in
            json.object("priceAmount") { json in
                if let least = query.priceMin { json.field("gte", least) }
                if let most = query.priceMax { json.field("lte", most) }
            }
        }
        json.endObject()
    }

    private func facets(_ json: inout JSONWriter) {
        facet("categories", .category, "categoryPaths", 50, &json)
        facet("prices", .price, "priceKind", 2, &json)
        facet("levels", .level, "levels", 4, &json)
        facet("languages", .language, "language", 30, &json)
    }

    private func facet(_ name: StaticString, _ own: SearchQuery.Filter, _ field: String, _ size: Int, _ json: inout JSONWriter) {
        json.object(name) { json in
            json.object("filter") { json in json.object("bool") { json in json.array("filter") { filters(without: own, &$0) } } }
            json.object("aggs") { json in
                json.object("values") { json in
                    json.object("terms") { json in
                        json.field("field", field)
                        json.field("size", size)
                    }
                }
            }
        }
    }

    /// The id comes last, so that no two hits are in the same place.
    private func sorting(_ json: inout JSONWriter) {
        switch query.sort {
        case .relevance:
            if query.text != nil { order("_score", "desc", &json) }
            order("enrolledCount", "desc", &json)
        case .popular: order("enrolledCount", "desc", &json)
        case .newest: order("publishedAt", "desc", &json)
        case .rating:
            order("ratingAverage", "desc", &json)
            order("ratingCount", "desc", &json)
        }
        order("id", "asc", &json)
    }

    private func order(_ field: String, _ order: String, _ json: inout JSONWriter) {
        json.beginObject()
        json.name(field)
        json.beginObject()
        json.field("order", order)
        if field != "_score" { json.field("missing", "_last") }
        json.endObject()
        json.endObject()
    }
}
