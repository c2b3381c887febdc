import Kit
public import Mongo
public import Telemetry

/// Which events a MongoDB service has dealt with.
public struct MongoInbox: Sendable {
    private let collection: MongoCollection

    /// The collection `inbox` of `database`.
    public init(_ pool: MongoPool, database: String) { collection = pool.collection(database, "inbox") }

    /// Makes the index that the purge needs.
    public func prepare() async throws {
        try await collection.createIndexes([MongoIndex("inbox_received", ["receivedAt": 1])])
    }

    /// Remembers, in the transaction of the effect, that `consumer` has dealt with the event. False when it had already: do nothing then.
    public func insert(_ event: UUID16, consumer: String, in session: borrowing MongoSession) throws -> Bool {
        let id: BSONDocument = ["consumer": .string(consumer), "event": .uuid(event)]
        // Looked at first, since a refused insert ends the transaction. Two at once conflict, and the second is tried again.
        guard try session.findOne(in: collection, ["_id": .document(id)]) == nil else { return false }
        try session.insertOne(["_id": .document(id), "receivedAt": .date(.now)], into: collection)
        return true
    }
}
