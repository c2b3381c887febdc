import JSON
import Kit

/// What is shown of a course, by the names in the index; the engine is asked for these and no others.
struct SearchHit: Sendable {
    enum Field: String, CaseIterable {
        case id, slug, title, subtitle, language, levels, priceAmount, priceCurrency, categoryIds, instructors
        case ratingAverage, ratingCount, enrolledCount, durationMs, publishedAt
    }

    let source: JSONValue
    subscript(field: Field) -> JSONValue? { source[field.rawValue] }
}

/// Hits with their facets.
struct SearchPage: Sendable {
    struct Count: Sendable, Equatable, JSONWritable {
        let value: String
        let count: Int

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("value", value)
            json.field("count", count)
            json.endObject()
        }
    }

    let items: [SearchHit]
    let total: Int
    let nextCursor: Cursor?
    let categories: [Count]
    let prices: [Count]
    let levels: [Count]
    let languages: [Count]
}

extension SearchPage: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.array("items") { json in for item in items { Self.write(item, to: &json) } }
        json.field("total", total)
        json.object("facets") { json in
            json.field("categories", categories)
            json.field("prices", prices)
            json.field("levels", levels)
            json.field("languages", languages)
        }
        json.field("nextCursor", nextCursor)
        json.endObject()
    }

    /// A document as it goes out: the same names as in the catalogue.
    private static func write(_ item: SearchHit, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", item[.id]?.stringValue)
        json.field("slug", item[.slug]?.stringValue)
        json.field("title", item[.title]?.stringValue)
        json.field("subtitle", item[.subtitle]?.stringValue)
        json.field("language", item[.language]?.stringValue)
        json.field("levels", strings(item[.levels]))
        json.name("price")
        if let amount = item[.priceAmount]?.intValue, let currency = item[.priceCurrency]?.stringValue {
            json.value(["amount": .int(amount), "currency": .string(currency)])
        } else {
            json.null()
        }
        json.field("categoryIds", strings(item[.categoryIds]))
        json.field("instructorNames", strings(item[.instructors]))
        json.object("rating") { json in
            json.field("average", item[.ratingAverage]?.doubleValue)
            json.field("count", item[.ratingCount]?.intValue ?? 0)
        }
        json.field("enrolledCount", item[.enrolledCount]?.intValue ?? 0)
        json.field("durationMs", item[.durationMs]?.intValue ?? 0)
        json.field("publishedAt", item[.publishedAt]?.stringValue)
        json.endObject()
    }

    private static func strings(_ value: JSONValue?) -> [String] {
        value?.arrayValue?.compactMap(\.stringValue) ?? value?.stringValue.map { [$0] } ?? []
    }
}
