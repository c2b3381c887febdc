import JSON

/// Settings and mapping of the index: only what both Elasticsearch 8 and OpenSearch 2 have. A change needs another `schemaVersion` and a rebuild.
package enum IndexDefinition {
    package static let schemaVersion = 1
    /// What services read and write; it points at one index.
    package static let alias = "courses"

    /// How soon what was written is found.
    static let refreshInterval = "500ms"

    /// The body of the creation of an index.
    static func body(refreshInterval: String) -> Buffer {
        JSONWriter.object { json in
            json.object("settings") { json in
                json.field("number_of_shards", 1)
                json.field("number_of_replicas", 0)
                json.field("refresh_interval", refreshInterval)
                json.object("analysis", analysis)
            }
            json.object("mappings") { json in
                json.field("dynamic", "strict")
                json.object("_meta") { $0.field("schemaVersion", schemaVersion) }
                json.object("properties", properties)
            }
        }
    }

    private static func analysis(_ json: inout JSONWriter) {
        json.object("filter") { json in
            json.object("english_stem") { json in
                json.field("type", "stemmer")
                json.field("language", "light_english")
            }
            json.object("prefixes") { json in
                json.field("type", "edge_ngram")
                json.field("min_gram", 2)
                json.field("max_gram", 15)
            }
        }
        json.object("analyzer") { json in
            analyzer("text", ["lowercase", "asciifolding", "english_stem"], &json)
            analyzer("plain", ["lowercase", "asciifolding"], &json)
            analyzer("prefix", ["lowercase", "asciifolding", "prefixes"], &json)
        }
    }

    private static func analyzer(_ name: StaticString, _ filters: [String], _ json: inout JSONWriter) {
        json.object(name) { json in
            json.field("type", "custom")
            json.field("tokenizer", "standard")
            json.field("filter", filters)
        }
    }

    private static func properties(_ json: inout JSONWriter) {
        let keywords = [
            "id", "slug", "titleExact", "language", "levels", "categoryIds", "categoryPaths", "priceCurrency", "priceKind", "source",
        ]
        for name in keywords { plain(name, "keyword", &json) }
        for name in ["revision", "priceAmount", "ratingCount", "enrolledCount", "durationMs"] { plain(name, "long", &json) }
        plain("ratingAverage", "double", &json)
        plain("deleted", "boolean", &json)
        plain("publishedAt", "date", &json)
        for name in ["title", "subtitle", "instructors", "categoryNames"] { text(name, isShort: true, &json) }
        for name in ["description", "objectives"] { text(name, isShort: false, &json) }
    }

    private static func plain(_ name: String, _ type: String, _ json: inout JSONWriter) {
        json.name(name)
        json.beginObject()
        json.field("type", type)
        json.endObject()
    }

    /// Stemmed for meaning; short texts also as they are, for names, and by their beginnings.
    private static func text(_ name: String, isShort: Bool, _ json: inout JSONWriter) {
        json.name(name)
        json.beginObject()
        json.field("type", "text")
        json.field("analyzer", "text")
        if isShort {
            json.object("fields") { json in
                json.object("plain") { json in
                    json.field("type", "text")
                    json.field("analyzer", "plain")
                }
                json.object("prefix") { json in
                    json.field("type", "text")
                    json.field("analyzer", "prefix")
                    json.field("search_analyzer", "plain")
                }
            }
        }
        json.endObject()
    }
}
