package import JSON
import Kit

/// The course index: documents in, alias over it.
package struct ElasticCourseIndex: Sendable {
    let client: ElasticClient
    /// The alias that is read and written.
    package let alias: String

    package init(_ client: ElasticClient, alias: String = IndexDefinition.alias) {
        self.client = client
        self.alias = alias
    }

    /// What became of a bulk request.
    package struct BulkResult: Sendable, Equatable {
        package var written = 0
        /// The index has the same or a newer version already: as good as written.
        package var current = 0
        /// Not taken for now: to be sent again.
        package var delayed: [Int] = []
        /// Never to be taken: by place in the request, with the reason.
        package var refused: [(index: Int, reason: String)] = []

        package static func == (left: BulkResult, right: BulkResult) -> Bool {
            left.written == right.written && left.current == right.current && left.delayed == right.delayed
                && left.refused.map(\.index) == right.refused.map(\.index)
        }
    }

    /// Writes documents with external versions, in one request. `index`: an index or the alias.
    package func write(_ courses: [IndexedCourse], to index: String? = nil) async throws(ElasticError) -> BulkResult {
        guard !courses.isEmpty else { return BulkResult() }
        let answer = try await client.require(
            "POST", "/\(index ?? alias)/_bulk", Self.lines(of: courses), contentType: "application/x-ndjson", timeoutMilliseconds: 30_000)
        guard let items = answer["items"]?.arrayValue, items.count == courses.count else { throw ElasticError(.unreadable, "a bulk answer without its items") }
        return Self.result(of: items)
    }

    /// An action and a document a course (NDJSON).
    private static func lines(of courses: [IndexedCourse]) -> Buffer {
        var lines = BufferWriter(capacity: courses.count * 1024)
        for course in courses {
            lines.append(action(course))
            lines.append(0x0A)
            lines.append(course.jsonBuffer)
            lines.append(0x0A)
        }
        return lines.finish()
    }

    private static func action(_ course: IndexedCourse) -> Buffer {
        JSONWriter.object { json in
            json.object("index") { json in
                json.field("_id", course.id)
                json.field("version", course.version)
                json.field("version_type", "external")
            }
        }
    }

    static func result(of items: [JSONValue]) -> BulkResult {
        var result = BulkResult()
        for (place, item) in items.enumerated() {
            let outcome = item["index"] ?? .null
            switch outcome["status"]?.intValue ?? 0 {
            case 200...299: result.written += 1
            case 409: result.current += 1
            case 429, 500...599: result.delayed.append(place)
            default: result.refused.append((place, String((outcome["error"]?["reason"]?.stringValue ?? "no reason").prefix(300))))
            }
        }
        return result
    }

    /// Makes an index with settings and mapping; false when it exists.
    package func create(_ name: String) async throws(ElasticError) -> Bool {
        let answer = try await client.send("PUT", "/\(name)", IndexDefinition.body, timeoutMilliseconds: 30_000)
        if answer.status == 400, answer.body["error"]?["type"]?.stringValue == "resource_already_exists_exception" { return false }
        guard answer.isSuccess else { throw ElasticError(status: answer.status, body: answer.body) }
        return true
    }

    /// The indexes that the alias points at.
    package func targets() async throws(ElasticError) -> [String] {
        let answer = try await client.send("GET", "/_alias/\(alias)")
        if answer.status == 404 { return [] }
        guard answer.isSuccess, let object = answer.body.objectValue else { throw ElasticError(status: answer.status, body: answer.body) }
        return object.map(\.name).sorted()
    }

    /// Makes the alias point at `index` and at nothing else, in one step.
    package func point(at index: String) async throws(ElasticError) {
        let old = try await targets().filter { $0 != index }
        let body = JSONWriter.object { json in
            json.array("actions") { json in
                for name in old { action("remove", name, &json) }
                action("add", index, &json)
            }
        }
        _ = try await client.require("POST", "/_aliases", body, timeoutMilliseconds: 30_000)
    }

    private func action(_ what: StaticString, _ index: String, _ json: inout JSONWriter) {
        json.beginObject()
        json.object(what) { json in
            json.field("index", index)
            json.field("alias", alias)
        }
        json.endObject()
    }

    /// Makes a first index where there is none, so that events can be applied before anyone rebuilt.
    package func ensure() async throws(ElasticError) {
        if try await targets().isEmpty {
            let name = "\(alias)-v\(IndexDefinition.schemaVersion)-first"
            _ = try await create(name)
            try await point(at: name)
        }
    }

    /// Makes what was written visible.
    package func refresh(_ index: String? = nil) async throws(ElasticError) {
        _ = try await client.require("POST", "/\(index ?? alias)/_refresh", timeoutMilliseconds: 30_000)
    }

    package func delete(_ index: String) async throws(ElasticError) {
        let answer = try await client.send("DELETE", "/\(index)", timeoutMilliseconds: 30_000)
        guard answer.isSuccess || answer.status == 404 else { throw ElasticError(status: answer.status, body: answer.body) }
    }

    /// Names of the indexes of this alias, of whatever version, sorted.
    package func indexes() async throws(ElasticError) -> [String] {
        let answer = try await client.require("GET", "/\(alias)-v*/_settings")
        return (answer.objectValue?.map(\.name) ?? []).sorted()
    }

    /// Id and revision of documents in the order of their ids, `limit` at most, after `id`.
    package func revisions(after id: String?, limit: Int, in index: String? = nil) async throws(ElasticError) -> [(id: String, revision: Int, isDeleted: Bool)] {
        let body = JSONWriter.object { json in
            json.field("size", limit)
            json.field("_source", ["id", "revision", "deleted"])
            json.array("sort") { json in
                json.beginObject()
                json.field("id", "asc")
                json.endObject()
            }
            if let id { json.field("search_after", [id]) }
            json.object("query") { $0.object("match_all") { _ in } }
        }
        let answer = try await client.require("POST", "/\(index ?? alias)/_search", body, timeoutMilliseconds: 30_000)
        return (answer["hits"]?["hits"]?.arrayValue ?? []).compactMap { hit in
            guard let id = hit["_source"]?["id"]?.stringValue, let revision = hit["_source"]?["revision"]?.intValue else { return nil }
            return (id, revision, hit["_source"]?["deleted"]?.boolValue ?? false)
        }
    }
}
