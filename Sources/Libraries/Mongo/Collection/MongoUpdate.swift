/// How an update is made.
public struct MongoUpdateOptions: Sendable {
    /// Makes the document when the filter finds none.
    public var upsert: Bool
    /// Which elements of arrays `$[name]` means.
    public var arrayFilters: [BSONDocument]

    /// No upsert, no array filters when nothing else is said.
    public init(upsert: Bool = false, arrayFilters: [BSONDocument] = []) {
        self.upsert = upsert
        self.arrayFilters = arrayFilters
    }

    var document: BSONDocument {
        var document: BSONDocument = [:]
        if upsert { document.append("upsert", true) }
        if !arrayFilters.isEmpty { document.append("arrayFilters", .array(arrayFilters.map { .document($0) })) }
        return document
    }
}

/// What an update did.
public struct MongoUpdateResult: Sendable, Equatable {
    /// How many documents the filter found.
    public var matched: Int
    /// How many of them changed.
    public var modified: Int
    /// The id of the document that was made, when one was.
    public var upsertedID: BSONValue?

    /// An update that did this.
    public init(matched: Int, modified: Int, upsertedID: BSONValue? = nil) {
        self.matched = matched
        self.modified = modified
        self.upsertedID = upsertedID
    }
}

/// How one document is found and changed in one step.
public struct MongoFindAndUpdate: Sendable {
    /// Which version of the document is answered.
    public enum Version: Sendable { case before, after }

    /// Which one, when the filter finds several.
    public var sort: BSONDocument
    /// What of it is answered; empty for all.
    public var projection: BSONDocument
    /// Makes the document when the filter finds none.
    public var upsert: Bool
    /// Which version is answered.
    public var returning: Version

    /// The document after the update, all of it, no upsert, when nothing else is said.
    public init(sort: BSONDocument = [:], projection: BSONDocument = [:], upsert: Bool = false, returning: Version = .after) {
        self.sort = sort
        self.projection = projection
        self.upsert = upsert
        self.returning = returning
    }
}

/// One write of several that go to the server together.
public enum MongoWrite: Sendable {
    /// A new document.
    case insert(BSONDocument)
    /// One document that the filter finds, by update operators.
    case updateOne(BSONDocument, BSONDocument, MongoUpdateOptions = MongoUpdateOptions())
    /// All documents that the filter finds, by update operators.
    case updateMany(BSONDocument, BSONDocument, MongoUpdateOptions = MongoUpdateOptions())
    /// One document that the filter finds, by another; made when there is none and `upsert` says so.
    case replaceOne(BSONDocument, BSONDocument, upsert: Bool = false)
    /// Removes one document that the filter finds.
    case deleteOne(BSONDocument)
    /// Removes all documents that the filter finds.
    case deleteMany(BSONDocument)
}

/// What several writes did. Look at `errors`: what is in it was not written.
public struct MongoBulkResult: Sendable, Equatable {
    /// One write that the server refused.
    public struct Failure: Sendable, Equatable {
        /// Which of the writes, counted from 0.
        public var index: Int
        /// Why.
        public var error: MongoError
    }
    /// How many documents were inserted, found, changed and removed.
    public var inserted = 0, matched = 0, modified = 0, deleted = 0
    /// The ids of the documents that upserts made, by the index of the write.
    public var upserted: [Int: BSONValue] = [:]
    /// What was refused. In order, the first one ends the rest; unordered, the others were made all the same.
    public var errors: [Failure] = []

    /// Writes that did nothing.
    public init() {}

    /// Throws the first error, when there is one.
    public func requireAll() throws(MongoError) {
        if let first = errors.first { throw first.error }
    }
}
