internal import CMongo

extension MongoCollection {
    /// The changes of the collection since `watch.token`: what there is, or the first that comes in time, and where to go on.
    ///
    /// Each call is complete in itself: nothing is kept open between two, so any process can go on from the token. Throws `.historyLost` when the
    /// server does not know that far back any more: read everything once and begin without a token.
    public func changes(_ watch: MongoWatch) async throws -> MongoChanges {
        try await run("changes") { session in try session.changes(of: self, watch) }
    }
}

extension MongoSession {
    /// The changes of the collection since `watch.token`. See `MongoCollection.changes`. Not in a transaction.
    public func changes(of collection: MongoCollection, _ watch: MongoWatch) throws -> MongoChanges {
        var error = bson_error_t()
        guard let raw = mongoc_client_start_session(client, nil, &error) else { throw MongoError(error) }
        defer { mongoc_client_session_destroy(raw) }
        // A cursor belongs to the session it was made in: the commands share one.
        return try MongoSession(client, raw, configuration).read(collection, watch)
    }

    private func read(_ collection: MongoCollection, _ watch: MongoWatch) throws -> MongoChanges {
        let command: BSONDocument = [
            "aggregate": .string(collection.name), "pipeline": .array(([watch.stage] + watch.pipeline).map { .document($0) }),
            "cursor": ["batchSize": .int(max(watch.limit, 0))], "readConcern": ["level": "majority"],
        ]
        var cursor = try run(command, on: collection.database).document("cursor")
        let id = try cursor.int("id")
        defer { close(id, of: collection) }
        var events = try cursor.array("firstBatch")
        if events.isEmpty, watch.limit > 0, watch.waitMilliseconds > 0, id != 0 {
            cursor = try run([
                "getMore": .int(id), "collection": .string(collection.name), "batchSize": .int(watch.limit),
                "maxTimeMS": .int(min(watch.waitMilliseconds, configuration.socketMilliseconds / 2)),
            ], on: collection.database).document("cursor")
            events = try cursor.array("nextBatch")
        }
        return try MongoChanges(events.compactMap(\.documentValue), cursor)
    }

    /// The server would let it go after ten minutes by itself: an error here is nobody's concern.
    private func close(_ cursor: Int, of collection: MongoCollection) {
        if cursor != 0 { _ = try? run(["killCursors": .string(collection.name), "cursors": [.int(cursor)]], on: collection.database) }
    }
}

extension MongoWatch {
    fileprivate var stage: BSONDocument {
        var settings: BSONDocument = ["fullDocument": "updateLookup"]
        // `startAfter` goes on behind an invalidate too, which `resumeAfter` does not.
        if let token {
            settings.append("startAfter", .document(token))
        } else if let startAt {
            settings.append("startAtOperationTime", .timestamp(startAt))
        }
        return ["$changeStream": .document(settings)]
    }
}

extension MongoChanges {
    /// The token is the last event's, or the server's own when there was none.
    fileprivate init(_ events: [BSONDocument], _ cursor: BSONDocument) throws(BSONError) {
        var changes: [MongoChange] = []
        for event in events { changes.append(try MongoChange(event)) }
        self.init(events: changes, token: try cursor.optionalDocument("postBatchResumeToken") ?? changes.last?.token ?? [:])
    }
}
