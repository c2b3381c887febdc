import JSON

// What the index holds, for those who compare it.
extension ElasticCourseIndex {
    /// A document without its text.
    package struct Revision: Sendable, Equatable {
        package let id: String
        package let revision: Int
        /// Whether it is the mark of a course that is not to be found.
        package let isDeleted: Bool
    }

    /// Documents in the order of their ids, `limit` at most, after `id`. What is not visible yet is not among them.
    package func revisions(after id: String?, limit: Int, in index: String? = nil) async throws(ElasticError) -> [Revision] {
        let body = JSONWriter.object { json in
            json.field("size", limit)
            json.field("track_total_hits", false)
            json.field("_source", ["id", "revision", "deleted"])
            json.array("sort") { $0.value(["id": "asc"]) }
            if let id { json.field("search_after", [id]) }
            json.object("query") { $0.object("match_all") { _ in } }
        }
        let answer = try await client.require("POST", "/\(index ?? alias)/_search", body, timeoutMilliseconds: 30_000)
        return try (answer["hits"]?["hits"]?.arrayValue ?? []).map { hit throws(ElasticError) in
            guard let source = hit["_source"], let id = source["id"]?.stringValue, let revision = source["revision"]?.intValue,
                  let isDeleted = source["deleted"]?.boolValue
            else { throw ElasticError(.unreadable, "a document of the index without its id and revision") }
            return Revision(id: id, revision: revision, isDeleted: isDeleted)
        }
    }

    /// The documents with these ids, as they are at this moment, visible or not; what is not there is left out. At most 1,000 ids.
    package func revisions(of ids: some Collection<String>, in index: String? = nil) async throws(ElasticError) -> [String: Revision] {
        guard !ids.isEmpty else { return [:] }
        let body = JSONWriter.object { $0.field("ids", Array(ids)) }
        let answer = try await client.require(
            "POST", "/\(index ?? alias)/_mget?_source_includes=revision,deleted", body, timeoutMilliseconds: 30_000)
        guard let documents = answer["docs"]?.arrayValue, documents.count == ids.count else {
            throw ElasticError(.unreadable, "an answer without its documents")
        }
        var found: [String: Revision] = [:]
        for document in documents where document["found"]?.boolValue == true {
            guard let id = document["_id"]?.stringValue, let revision = document["_source"]?["revision"]?.intValue else { continue }
            found[id] = Revision(id: id, revision: revision, isDeleted: document["_source"]?["deleted"]?.boolValue ?? false)
        }
        return found
    }

    /// How many courses can be found.
    package func count(in index: String? = nil) async throws(ElasticError) -> Int {
        let body: JSONValue = ["query": ["term": ["deleted": false]]]
        let answer = try await client.require("POST", "/\(index ?? alias)/_count", body.jsonBuffer, timeoutMilliseconds: 30_000)
        guard let count = answer["count"]?.intValue else { throw ElasticError(.unreadable, "a count without a number") }
        return count
    }
}
