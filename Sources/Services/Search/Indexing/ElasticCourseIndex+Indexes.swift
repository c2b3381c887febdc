import JSON

// The indexes behind the alias: made, filled, put in the place of the one before, removed.
extension ElasticCourseIndex {
    /// An index that the alias points at.
    package struct Target: Sendable, Equatable {
        package let name: String
        /// Another one for an index that was removed and made again.
        package let uuid: String
        /// Nil when it is not one of ours.
        package let schemaVersion: Int?

        package init(name: String, uuid: String, schemaVersion: Int?) {
            self.name = name
            self.uuid = uuid
            self.schemaVersion = schemaVersion
        }
    }

    /// What the alias points at; nil when there is nothing.
    package func target() async throws(ElasticError) -> Target? {
        guard let name = try await targets().last else { return nil }
        let answer = try await client.require("GET", "/\(name)")[name]
        return Target(
            name: name, uuid: answer?["settings"]?["index"]?["uuid"]?.stringValue ?? "",
            schemaVersion: answer?["mappings"]?["_meta"]?["schemaVersion"]?.intValue)
    }

    /// The indexes that the alias points at.
    package func targets() async throws(ElasticError) -> [String] {
        let answer = try await client.send("GET", "/_alias/\(alias)")
        if answer.status == 404 { return [] }
        guard answer.isSuccess, let object = answer.body.objectValue else { throw ElasticError(status: answer.status, body: answer.body) }
        return object.map(\.name).sorted()
    }

    /// The indexes that were made for this alias, the oldest first.
    package func indexes() async throws(ElasticError) -> [IndexName] { try await settings().map(\.name) }

    /// Those of them whose loading was never finished.
    package func unfinished() async throws(ElasticError) -> [IndexName] {
        try await settings().filter { $0.index["refresh_interval"]?.stringValue == "-1" }.map(\.name)
    }

    private func settings() async throws(ElasticError) -> [(name: IndexName, index: JSONValue)] {
        let answer = try await client.send("GET", "/\(alias)-v*/_settings", timeoutMilliseconds: 30_000)
        if answer.status == 404 { return [] }
        guard answer.isSuccess, let indexes = answer.body.objectValue else { throw ElasticError(status: answer.status, body: answer.body) }
        return indexes.compactMap { name, value in IndexName(name, alias: alias).map { ($0, value["settings"]?["index"] ?? .null) } }
            .sorted { $0.name < $1.name }
    }

    /// Makes an index with settings and mapping; false when it exists. One that is about to be filled makes nothing visible until `finishLoading`.
    package func create(_ name: String, forLoading isForLoading: Bool = false) async throws(ElasticError) -> Bool {
        let body = IndexDefinition.body(refreshInterval: isForLoading ? "-1" : IndexDefinition.refreshInterval)
        let answer = try await client.send("PUT", "/\(name)", body, timeoutMilliseconds: 30_000)
        if answer.status == 400, answer.body["error"]?["type"]?.stringValue == "resource_already_exists_exception" { return false }
        guard answer.isSuccess else { throw ElasticError(status: answer.status, body: answer.body) }
        return true
    }

    /// Ends what `create(forLoading: true)` began: what is written is visible from here on.
    package func finishLoading(_ name: String) async throws(ElasticError) {
        let settings: JSONValue = ["index": ["refresh_interval": .string(IndexDefinition.refreshInterval)]]
        _ = try await client.require("PUT", "/\(name)/_settings", settings.jsonBuffer, timeoutMilliseconds: 30_000)
        try await refresh(name)
    }

    /// Makes the alias point at `index` and at nothing else, in one step.
    package func point(at index: String) async throws(ElasticError) {
        try await add(index, removing: try await targets().filter { $0 != index })
    }

    private func add(_ index: String, removing old: [String]) async throws(ElasticError) {
        // An index of the alias's own name, which an engine made by itself, stands in the way.
        let isInTheWay = try await client.send("GET", "/\(alias)").body[alias] != nil
        let body = JSONWriter.object { json in
            json.array("actions") { json in
                for name in old { action("remove", name, &json) }
                if isInTheWay { json.value(["remove_index": ["index": .string(alias)]]) }
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
        guard try await targets().isEmpty else { return }
        let name = IndexName.first(alias: alias).text
        _ = try await create(name)
        // A rebuild may have put its index in place meanwhile: an empty one never takes its place.
        guard try await targets().isEmpty else { return }
        try await add(name, removing: [])
    }

    package func delete(_ index: String) async throws(ElasticError) {
        let answer = try await client.send("DELETE", "/\(index)", timeoutMilliseconds: 30_000)
        guard answer.isSuccess || answer.status == 404 else { throw ElasticError(status: answer.status, body: answer.body) }
    }
}
