import JSON
import Kit

/// The course index: documents in, an alias over it.
package struct ElasticCourseIndex: Sendable {
    let client: ElasticClient
    /// The alias that is read and written.
    package let alias: String

    package init(_ client: ElasticClient, alias: String = IndexDefinition.alias) {
        self.client = client
        self.alias = alias
    }

    /// Writes courses through the alias. Throws `.notFound` when it points at nothing.
    package func write(_ courses: [IndexedCourse]) async throws(ElasticError) -> BulkResult { try await write(courses.map { IndexedDocument($0) }) }

    /// Writes documents with external versions, in one request: into `index`, or through the alias.
    package func write(
        _ documents: [IndexedDocument], to index: String? = nil, over rule: VersionRule = .newer
    ) async throws(ElasticError) -> BulkResult {
        guard !documents.isEmpty else { return BulkResult() }
        let lines = Self.lines(of: documents, to: index, orAlias: alias, rule)
        let answer = try await client.require("POST", "/_bulk", lines, contentType: "application/x-ndjson", timeoutMilliseconds: 30_000)
        guard let items = answer["items"]?.arrayValue, items.count == documents.count else {
            throw ElasticError(.unreadable, "a bulk answer without its items")
        }
        let result = BulkResult(items: items)
        if result.isWithoutIndex { throw ElasticError(.notFound, "there is no index") }
        return result
    }

    /// An action and a document each (NDJSON).
    private static func lines(of documents: [IndexedDocument], to index: String?, orAlias alias: String, _ rule: VersionRule) -> Buffer {
        var lines = BufferWriter(capacity: documents.reduce(0) { $0 + $1.bytes })
        for document in documents {
            lines.append(action(document, to: index, orAlias: alias, rule))
            lines.append(0x0A)
            lines.append(document.body)
            lines.append(0x0A)
        }
        return lines.finish()
    }

    private static func action(_ document: IndexedDocument, to index: String?, orAlias alias: String, _ rule: VersionRule) -> Buffer {
        JSONWriter.object { json in
            json.object("index") { json in
                json.field("_index", index ?? alias)
                // Without this an engine would make an index of the alias's name, with a mapping that it guessed. It stands here and not in
                // the query: an engine that resolves the path's alias first would then look for an alias of the index's name.
                if index == nil { json.field("require_alias", true) }
                json.field("_id", document.id)
                json.field("version", document.version)
                json.field("version_type", rule.rawValue)
            }
        }
    }

    /// Makes what was written visible.
    package func refresh(_ index: String? = nil) async throws(ElasticError) {
        _ = try await client.require("POST", "/\(index ?? alias)/_refresh", timeoutMilliseconds: 30_000)
    }
}
