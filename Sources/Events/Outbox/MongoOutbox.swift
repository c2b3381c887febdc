public import Kit
public import Mongo
import JSON
import Telemetry

/// The outbox of a MongoDB service: collection `outbox`, with `_id` (the event's), `position`, `type`, `subject`, `payload`, `createdAt` and
/// `publishedAt`.
public struct MongoOutbox: Sendable {
    let collection: MongoCollection
    private let clock: WallClock

    /// The collection `outbox` of `database`.
    public init(_ pool: MongoPool, database: String, clock: WallClock = .system) {
        collection = pool.collection(database, "outbox")
        self.clock = clock
    }

    /// Makes the indexes: one for what waits and for the purge, one for the last position of a subject.
    public func prepare() async throws {
        try await collection.createIndexes([
            MongoIndex("outbox_published", ["publishedAt": 1, "position": 1]),
            MongoIndex("outbox_subject", ["subject": 1, "position": -1]),
        ])
    }

    /// Appends in the transaction that makes the event true. The transaction must write the aggregate that the event is about: that is what puts
    /// two changes of one subject one after the other.
    public func append(_ event: Event, in session: borrowing MongoSession) throws { try append([event], in: session) }

    /// Appends several, in this order.
    public func append(_ events: [Event], in session: borrowing MongoSession) throws {
        guard !events.isEmpty else { return }
        var last = try lastPositions(of: Set(events.map(\.subject)), in: session)
        let now = clock.now()
        let documents = events.map { event -> BSONDocument in
            // The clock orders the subjects among each other, nearly; within a subject a position always comes after the last one.
            let position = max(now.microseconds, (last[event.subject] ?? 0) + 1)
            last[event.subject] = position
            return [
                "_id": .uuid(event.id), "position": .int64(position), "type": .string(event.type), "subject": .string(event.subject),
                "payload": .binary(event.jsonBuffer.array), "createdAt": .date(now), "publishedAt": .null,
            ]
        }
        try session.insertMany(documents, into: collection).requireAll()
    }

    private func lastPositions(of subjects: Set<String>, in session: borrowing MongoSession) throws -> [String: Int64] {
        let found = try session.aggregate(in: collection, [
            ["$match": ["subject": ["$in": .strings(subjects.sorted())]]],
            // Sorted as the index is, the first of each group is one key read for a subject, however many events it has.
            ["$sort": ["subject": 1, "position": -1]],
            ["$group": ["_id": "$subject", "last": ["$first": "$position"]]],
        ], limit: subjects.count)
        var last: [String: Int64] = [:]
        for item in found.items { last[try item.string("_id")] = Int64(try item.int("last")) }
        return last
    }
}
