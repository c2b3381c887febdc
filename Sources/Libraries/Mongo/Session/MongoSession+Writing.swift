internal import CMongo

extension MongoSession {
    /// A new document. Throws `.duplicateKey` when a unique index has its key.
    public func insertOne(_ document: BSONDocument, into collection: MongoCollection) throws {
        let document = try NativeBSON(document), options = try options([:])
        _ = try write(in: collection) { mongoc_collection_insert_one($0, document.raw, options.raw, $1, &$2) }
    }

    /// Changes one document that `filter` finds by update operators (or by a `.pipeline`).
    @discardableResult
    public func updateOne(
        in collection: MongoCollection, _ filter: BSONDocument, _ update: BSONDocument, _ how: MongoUpdateOptions = MongoUpdateOptions()
    ) throws -> MongoUpdateResult {
        let filter = try NativeBSON(filter), update = try NativeBSON(update), options = try options(how.document)
        return try updated(write(in: collection) { mongoc_collection_update_one($0, filter.raw, update.raw, options.raw, $1, &$2) })
    }

    /// Changes all documents that `filter` finds.
    @discardableResult
    public func updateMany(
        in collection: MongoCollection, _ filter: BSONDocument, _ update: BSONDocument, _ how: MongoUpdateOptions = MongoUpdateOptions()
    ) throws -> MongoUpdateResult {
        let filter = try NativeBSON(filter), update = try NativeBSON(update), options = try options(how.document)
        return try updated(write(in: collection) { mongoc_collection_update_many($0, filter.raw, update.raw, options.raw, $1, &$2) })
    }

    /// Puts `document` in the place of one that `filter` finds; with `upsert` it is made when there is none.
    @discardableResult
    public func replaceOne(
        in collection: MongoCollection, _ filter: BSONDocument, with document: BSONDocument, upsert: Bool = false
    ) throws -> MongoUpdateResult {
        let filter = try NativeBSON(filter), document = try NativeBSON(document), options = try options(upsert ? ["upsert": true] : [:])
        return try updated(write(in: collection) { mongoc_collection_replace_one($0, filter.raw, document.raw, options.raw, $1, &$2) })
    }

    /// Removes one document that `filter` finds; how many were removed.
    @discardableResult
    public func deleteOne(in collection: MongoCollection, _ filter: BSONDocument) throws -> Int {
        let filter = try NativeBSON(filter), options = try options([:])
        return try write(in: collection) { mongoc_collection_delete_one($0, filter.raw, options.raw, $1, &$2) }.int("deletedCount")
    }

    /// Removes all documents that `filter` finds; how many were removed.
    @discardableResult
    public func deleteMany(in collection: MongoCollection, _ filter: BSONDocument) throws -> Int {
        let filter = try NativeBSON(filter), options = try options([:])
        return try write(in: collection) { mongoc_collection_delete_many($0, filter.raw, options.raw, $1, &$2) }.int("deletedCount")
    }

    /// Finds one document and changes it in one step; nil when there is none (or, with `.before`, when it was made).
    public func findOneAndUpdate(
        in collection: MongoCollection, _ filter: BSONDocument, _ update: BSONDocument, _ how: MongoFindAndUpdate = MongoFindAndUpdate()
    ) throws -> BSONDocument? {
        var flags = how.upsert ? MONGOC_FIND_AND_MODIFY_UPSERT.rawValue : 0
        if how.returning == .after { flags |= MONGOC_FIND_AND_MODIFY_RETURN_NEW.rawValue }
        return try findAndModify(in: collection, filter, update, how, flags)
    }

    /// Finds one document and removes it in one step; nil when there is none.
    public func findOneAndDelete(in collection: MongoCollection, _ filter: BSONDocument, sort: BSONDocument = [:]) throws -> BSONDocument? {
        try findAndModify(in: collection, filter, nil, MongoFindAndUpdate(sort: sort), MONGOC_FIND_AND_MODIFY_REMOVE.rawValue)
    }

    private func findAndModify(
        in collection: MongoCollection, _ filter: BSONDocument, _ update: BSONDocument?, _ how: MongoFindAndUpdate, _ flags: UInt32
    ) throws -> BSONDocument? {
        let settings: OpaquePointer = mongoc_find_and_modify_opts_new()
        defer { mongoc_find_and_modify_opts_destroy(settings) }
        mongoc_find_and_modify_opts_set_flags(settings, mongoc_find_and_modify_flags_t(rawValue: flags))
        mongoc_find_and_modify_opts_set_max_time_ms(settings, UInt32(configuration.operationMilliseconds))
        // Each is copied into the settings.
        if let update { _ = try NativeBSON(update).lend { mongoc_find_and_modify_opts_set_update(settings, $0) } }
        if !how.sort.isEmpty { _ = try NativeBSON(how.sort).lend { mongoc_find_and_modify_opts_set_sort(settings, $0) } }
        if !how.projection.isEmpty { _ = try NativeBSON(how.projection).lend { mongoc_find_and_modify_opts_set_fields(settings, $0) } }
        _ = try options([:]).lend { mongoc_find_and_modify_opts_append(settings, $0) }
        let filter = try NativeBSON(filter)
        let reply = try write(in: collection) { mongoc_collection_find_and_modify_with_opts($0, filter.raw, settings, $1, &$2) }
        return try reply.optionalDocument("value")
    }

    /// One call of libmongoc that answers with a reply.
    private func write(
        in collection: MongoCollection, _ call: (_ collection: OpaquePointer, _ reply: OpaquePointer, _ error: inout bson_error_t) -> Bool
    ) throws -> BSONDocument {
        let reply = Reply()
        var error = bson_error_t()
        let succeeded = with(collection) { call($0, reply.raw, &error) }
        try check(succeeded, error, reply)
        return try reply.document()
    }

    private func updated(_ reply: BSONDocument) throws -> MongoUpdateResult {
        MongoUpdateResult(matched: try reply.int("matchedCount"), modified: try reply.int("modifiedCount"), upsertedID: reply["upsertedId"])
    }
}
