/// A collection of a pool. Its operations run on one of the pool's threads; the same ones, synchronous, are on `MongoSession`.
///
/// All of them throw `MongoError`, `BSONError` for documents that cannot be written or read, and `CancellationError` when the task is
/// cancelled while it waits for a thread. Reads and single writes are tried twice by libmongoc when the network or the primary fails.
public struct MongoCollection: Sendable {
    /// The pool that reaches it.
    public let pool: MongoPool
    /// The database it is in.
    public let database: String
    /// Its name there.
    public let name: String

    init(pool: MongoPool, database: String, name: String) {
        self.pool = pool
        self.database = database
        self.name = name
    }
}

// Schema.
extension MongoCollection {
    /// Makes the indexes that are not there; those that are stay as they are. Throws when one is there under the same name with other keys.
    public func createIndexes(_ indexes: [MongoIndex]) async throws {
        try await run("createIndexes") { session in try session.createIndexes(indexes, on: self) }
    }

    /// Makes the collection, or gives the one that is there this validator (a query; `["$jsonSchema": …]`). An empty one accepts everything.
    public func create(validator: BSONDocument = [:]) async throws {
        try await run("create") { session in try session.create(self, validator: validator) }
    }

    /// Removes the collection with its documents and indexes; nothing happens when there is none.
    public func drop() async throws {
        try await run("drop") { session in try session.drop(self) }
    }
}
