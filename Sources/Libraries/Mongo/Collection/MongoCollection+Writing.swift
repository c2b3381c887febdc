extension MongoCollection {
    /// A new document. Throws `.duplicateKey` when a unique index has its key.
    public func insertOne(_ document: BSONDocument) async throws {
        try await run("insertOne") { session in try session.insertOne(document, into: self) }
    }

    /// New documents in as few messages as they fit into. In order, the first that is refused ends it; unordered, the others are inserted
    /// all the same.
    public func insertMany(_ documents: [BSONDocument], ordered: Bool = true) async throws -> MongoBulkResult {
        try await run("insertMany") { session in try session.insertMany(documents, into: self, ordered: ordered) }
    }

    /// Changes one document that `filter` finds by update operators (or by a `.pipeline`).
    @discardableResult
    public func updateOne(
        _ filter: BSONDocument, _ update: BSONDocument, _ how: MongoUpdateOptions = MongoUpdateOptions()
    ) async throws -> MongoUpdateResult {
        try await run("updateOne") { session in try session.updateOne(in: self, filter, update, how) }
    }

    /// Changes all documents that `filter` finds.
    @discardableResult
    public func updateMany(
        _ filter: BSONDocument, _ update: BSONDocument, _ how: MongoUpdateOptions = MongoUpdateOptions()
    ) async throws -> MongoUpdateResult {
        try await run("updateMany") { session in try session.updateMany(in: self, filter, update, how) }
    }

    /// Puts `document` in the place of one that `filter` finds; with `upsert` it is made when there is none.
    @discardableResult
    public func replaceOne(_ filter: BSONDocument, with document: BSONDocument, upsert: Bool = false) async throws -> MongoUpdateResult {
        try await run("replaceOne") { session in try session.replaceOne(in: self, filter, with: document, upsert: upsert) }
    }

    /// Removes one document that `filter` finds; how many were removed.
    @discardableResult
    public func deleteOne(_ filter: BSONDocument) async throws -> Int {
        try await run("deleteOne") { session in try session.deleteOne(in: self, filter) }
    }

    /// Removes all documents that `filter` finds; how many were removed.
    @discardableResult
    public func deleteMany(_ filter: BSONDocument) async throws -> Int {
        try await run("deleteMany") { session in try session.deleteMany(in: self, filter) }
    }

    /// Finds one document and changes it in one step; nil when there is none (or, with `.before`, when it was made).
    public func findOneAndUpdate(
        _ filter: BSONDocument, _ update: BSONDocument, _ how: MongoFindAndUpdate = MongoFindAndUpdate()
    ) async throws -> BSONDocument? {
        try await run("findOneAndUpdate") { session in try session.findOneAndUpdate(in: self, filter, update, how) }
    }

    /// Finds one document and removes it in one step; nil when there is none.
    public func findOneAndDelete(_ filter: BSONDocument, sort: BSONDocument = [:]) async throws -> BSONDocument? {
        try await run("findOneAndDelete") { session in try session.findOneAndDelete(in: self, filter, sort: sort) }
    }

    /// Several writes in as few messages as they fit into. What the server refuses is in the result; what it never answered is thrown.
    public func bulkWrite(_ writes: [MongoWrite], ordered: Bool = true) async throws -> MongoBulkResult {
        try await run("bulkWrite") { session in try session.bulkWrite(writes, in: self, ordered: ordered) }
    }
}
