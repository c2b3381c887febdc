internal import CMongo

extension MongoSession {
    /// New documents in as few messages as they fit into. In order, the first that is refused ends it; unordered, the others are inserted
    /// all the same.
    public func insertMany(_ documents: [BSONDocument], into collection: MongoCollection, ordered: Bool = true) throws -> MongoBulkResult {
        try bulkWrite(documents.map { .insert($0) }, in: collection, ordered: ordered)
    }

    /// Several writes in as few messages as they fit into. What the server refuses is in the result; what it never answered is thrown.
    public func bulkWrite(_ writes: [MongoWrite], in collection: MongoCollection, ordered: Bool = true) throws -> MongoBulkResult {
        guard !writes.isEmpty else { return MongoBulkResult() }
        let options = try options(["ordered": .bool(ordered)])
        return try with(collection) { raw in
            let bulk: OpaquePointer = mongoc_collection_create_bulk_operation_with_opts(raw, options.raw)
            defer { mongoc_bulk_operation_destroy(bulk) }
            for write in writes { try add(write, to: bulk) }
            let reply = Reply()
            var error = bson_error_t()
            let succeeded = mongoc_bulk_operation_execute(bulk, reply.raw, &error) != 0
            let answer = try reply.document()
            let result = try MongoBulkResult(answer)
            // A refused document is a result; anything else is an error of all of it.
            if !succeeded, result.errors.isEmpty || error.domain != MONGOC_ERROR_SERVER.rawValue { throw MongoError(error, answer) }
            return result
        }
    }

    /// libmongoc copies what it is given.
    private func add(_ write: MongoWrite, to bulk: OpaquePointer) throws {
        var error = bson_error_t()
        let isFine = switch write {
        case .insert(let document):
            try NativeBSON(document).lend { mongoc_bulk_operation_insert_with_opts(bulk, $0, nil, &error) }
        case .updateOne(let filter, let update, let how):
            try lend(filter, update, how.document) { mongoc_bulk_operation_update_one_with_opts(bulk, $0, $1, $2, &error) }
        case .updateMany(let filter, let update, let how):
            try lend(filter, update, how.document) { mongoc_bulk_operation_update_many_with_opts(bulk, $0, $1, $2, &error) }
        case .replaceOne(let filter, let document, let upsert):
            try lend(filter, document, ["upsert": .bool(upsert)]) { mongoc_bulk_operation_replace_one_with_opts(bulk, $0, $1, $2, &error) }
        case .deleteOne(let filter):
            try NativeBSON(filter).lend { mongoc_bulk_operation_remove_one_with_opts(bulk, $0, nil, &error) }
        case .deleteMany(let filter):
            try NativeBSON(filter).lend { mongoc_bulk_operation_remove_many_with_opts(bulk, $0, nil, &error) }
        }
        if !isFine { throw MongoError(error) }
    }

    private func lend(
        _ filter: BSONDocument, _ change: BSONDocument, _ options: BSONDocument, _ body: (OpaquePointer, OpaquePointer, OpaquePointer) -> Bool
    ) throws -> Bool {
        let filter = try NativeBSON(filter), change = try NativeBSON(change), options = try NativeBSON(options)
        return body(filter.raw, change.raw, options.raw)
    }
}

extension MongoBulkResult {
    /// From libmongoc's reply.
    fileprivate init(_ reply: BSONDocument) throws {
        inserted = try reply.optionalInt("nInserted") ?? 0
        matched = try reply.optionalInt("nMatched") ?? 0
        modified = try reply.optionalInt("nModified") ?? 0
        deleted = try reply.optionalInt("nRemoved") ?? 0
        if !reply.isAbsent("upserted") {
            for (index, id) in try reply.documents("upserted", read: { (try $0.int("index"), $0["_id"] ?? .null) }) { upserted[index] = id }
        }
        if !reply.isAbsent("writeErrors") {
            errors = try reply.documents("writeErrors") { failure in
                let error = MongoError(serverCode: try failure.int("code"), try failure.optionalString("errmsg") ?? "")
                return Failure(index: try failure.int("index"), error: error)
            }
        }
    }
}
