extension MongoCollection {
    /// The first documents that `filter` finds, each made into what `read` returns: on the pool's thread, where the document lies as it was received.
    public func find<T: Sendable>(
        _ filter: BSONDocument = [:], _ options: MongoFind = MongoFind(), as read: @escaping @Sendable (borrowing BSONView) throws -> T
    ) async throws -> MongoPage<T> {
        try await run("find") { session in try session.find(in: self, filter, options, as: read) }
    }

    /// The first documents that `filter` finds.
    public func find(_ filter: BSONDocument = [:], _ options: MongoFind = MongoFind()) async throws -> MongoPage<BSONDocument> {
        try await run("find") { session in try session.find(in: self, filter, options) }
    }

    /// The first document that `filter` finds, as `read` makes it; nil when there is none. With `BSONView.write(to:)` it becomes JSON with
    /// no value in between.
    public func findOne<T: Sendable>(
        _ filter: BSONDocument, _ options: MongoFind = MongoFind(), as read: @escaping @Sendable (borrowing BSONView) throws -> T
    ) async throws -> T? {
        try await run("findOne") { session in try session.findOne(in: self, filter, options, as: read) }
    }

    /// The first document that `filter` finds; nil when there is none.
    public func findOne(_ filter: BSONDocument, _ options: MongoFind = MongoFind()) async throws -> BSONDocument? {
        try await run("findOne") { session in try session.findOne(in: self, filter, options) }
    }

    /// The first results of a pipeline, each as `read` makes it.
    public func aggregate<T: Sendable>(
        _ pipeline: [BSONDocument], limit: Int = 1000, as read: @escaping @Sendable (borrowing BSONView) throws -> T
    ) async throws -> MongoPage<T> {
        try await run("aggregate") { session in try session.aggregate(in: self, pipeline, limit: limit, as: read) }
    }

    /// The first results of a pipeline.
    public func aggregate(_ pipeline: [BSONDocument], limit: Int = 1000) async throws -> MongoPage<BSONDocument> {
        try await run("aggregate") { session in try session.aggregate(in: self, pipeline, limit: limit) }
    }

    /// The first result of a prepared pipeline for what `filter` finds, as `read` makes it; nil when there is none.
    public func aggregateOne<T: Sendable>(
        matching filter: BSONDocument, _ pipeline: MongoPipeline, as read: @escaping @Sendable (borrowing BSONView) throws -> T
    ) async throws -> T? {
        try await run("aggregate") { session in try session.aggregateOne(in: self, matching: filter, pipeline, as: read) }
    }

    /// How many documents `filter` finds, counted up to `limit` when there is one.
    public func count(_ filter: BSONDocument = [:], limit: Int? = nil) async throws -> Int {
        try await run("count") { session in try session.count(in: self, filter, limit: limit) }
    }

    /// All documents that `filter` finds in the order of their ids, a page at a time: for reading a whole collection in bounded memory.
    ///
    /// Each page is a find of its own (`_id` greater than the last), so a scan lives through restarts and can go on later from the last id. It is no
    /// snapshot: a document that is changed meanwhile comes once, as it is when its page is read.
    public func scan<T: Sendable>(
        _ filter: BSONDocument = [:], projection: BSONDocument = [:], after id: BSONValue? = nil, pageSize: Int = 1000,
        as read: @escaping @Sendable (borrowing BSONView) throws -> T
    ) -> MongoScan<T> {
        MongoScan(collection: self, filter: filter, projection: projection, lastID: id, pageSize: pageSize, read: read)
    }
}
