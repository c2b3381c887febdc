internal import CMongo

extension MongoSession {
    /// The first documents that `filter` finds, each made into what `read` returns while it lies where it was received.
    public func find<T>(
        in collection: MongoCollection, _ filter: BSONDocument = [:], _ options: MongoFind = MongoFind(), as read: (borrowing BSONView) throws -> T
    ) throws -> MongoPage<T> {
        let filter = try NativeBSON(filter), native = try self.options(options.document(configuration))
        return try with(collection) { raw in
            try page(of: mongoc_collection_find_with_opts(raw, filter.raw, native.raw, nil), limit: options.limit, as: read)
        }
    }

    /// The first documents that `filter` finds.
    public func find(
        in collection: MongoCollection, _ filter: BSONDocument = [:], _ options: MongoFind = MongoFind()
    ) throws -> MongoPage<BSONDocument> {
        try find(in: collection, filter, options) { try $0.document() }
    }

    /// The first document that `filter` finds, as `read` makes it; nil when there is none.
    public func findOne<T>(
        in collection: MongoCollection, _ filter: BSONDocument, _ options: MongoFind = MongoFind(), as read: (borrowing BSONView) throws -> T
    ) throws -> T? {
        var one = options
        one.limit = 1
        let filter = try NativeBSON(filter), native = try self.options(one.document(configuration, isSingle: true))
        return try with(collection) { raw in
            try page(of: mongoc_collection_find_with_opts(raw, filter.raw, native.raw, nil), limit: 1, as: read).items.first
        }
    }

    /// The first document that `filter` finds; nil when there is none.
    public func findOne(in collection: MongoCollection, _ filter: BSONDocument, _ options: MongoFind = MongoFind()) throws -> BSONDocument? {
        try findOne(in: collection, filter, options) { try $0.document() }
    }

    /// The first results of a pipeline, each as `read` makes it.
    public func aggregate<T>(
        in collection: MongoCollection, _ pipeline: [BSONDocument], limit: Int = 1000, as read: (borrowing BSONView) throws -> T
    ) throws -> MongoPage<T> {
        try aggregate(in: collection, try NativeBSON(.pipeline(pipeline)), limit: limit, as: read)
    }

    /// The first result of a prepared pipeline, as `read` makes it; nil when there is none.
    public func aggregateOne<T>(
        in collection: MongoCollection, matching filter: BSONDocument, _ pipeline: MongoPipeline, as read: (borrowing BSONView) throws -> T
    ) throws -> T? {
        try aggregate(in: collection, try NativeBSON(bytes: pipeline.encoded(matching: filter)), limit: 1, as: read).items.first
    }

    private func aggregate<T>(
        in collection: MongoCollection, _ stages: borrowing NativeBSON, limit: Int, as read: (borrowing BSONView) throws -> T
    ) throws -> MongoPage<T> {
        let stages = stages.raw, options = try options(["maxTimeMS": .int(configuration.operationMilliseconds)])
        return try with(collection) { raw in
            try page(of: mongoc_collection_aggregate(raw, MONGOC_QUERY_NONE, stages, options.raw, nil), limit: limit, as: read)
        }
    }

    /// The first results of a pipeline.
    public func aggregate(in collection: MongoCollection, _ pipeline: [BSONDocument], limit: Int = 1000) throws -> MongoPage<BSONDocument> {
        try aggregate(in: collection, pipeline, limit: limit) { try $0.document() }
    }

    /// How many documents `filter` finds, counted up to `limit` when there is one.
    public func count(in collection: MongoCollection, _ filter: BSONDocument = [:], limit: Int? = nil) throws -> Int {
        var document: BSONDocument = ["maxTimeMS": .int(configuration.operationMilliseconds)]
        if let limit { document["limit"] = .int(limit) }
        let filter = try NativeBSON(filter), options = try options(document)
        let reply = Reply()
        var error = bson_error_t()
        let count = with(collection) { mongoc_collection_count_documents($0, filter.raw, options.raw, nil, reply.raw, &error) }
        try check(count >= 0, error, reply)
        return Int(count)
    }

    /// Reads to `limit`, looks whether there is one more, and lets the cursor go.
    private func page<T>(of cursor: OpaquePointer?, limit: Int, as read: (borrowing BSONView) throws -> T) throws -> MongoPage<T> {
        defer { mongoc_cursor_destroy(cursor) }
        var items: [T] = []
        var found: OpaquePointer?
        while mongoc_cursor_next(cursor, &found), let document = found {
            if items.count == limit { return MongoPage(items: items, hasMore: true) }
            items.append(try read(view(of: document)))
        }
        var error = bson_error_t()
        var reply: OpaquePointer?
        if mongoc_cursor_error_document(cursor, &error, &reply) {
            throw MongoError(error, reply.flatMap { try? view(of: $0).document() } ?? [:])
        }
        return MongoPage(items: items, hasMore: false)
    }
}
