internal import Kit
public import Mongo
import Telemetry

/// The relay's side of a MongoDB outbox. Who leads is a document in the collection `leases`, held for ten seconds at a time by the server's clock.
public struct MongoOutboxStore: OutboxStore {
    private let outbox: MongoCollection
    private let inbox: MongoCollection
    private let leases: MongoCollection
    private let term: Int

    /// The collections `outbox`, `inbox` and `leases` of `database`.
    public init(_ pool: MongoPool, database: String, leaseMilliseconds: Int = 10_000) {
        outbox = pool.collection(database, "outbox")
        inbox = pool.collection(database, "inbox")
        leases = pool.collection(database, "leases")
        term = leaseMilliseconds
    }

    public func lead(_ body: @escaping @Sendable (any OutboxLease) async throws -> Void) async throws -> Bool {
        let owner = UUID16.v7().description
        guard let fence = try await acquire(owner) else { return false }
        let lease = MongoOutboxLease(outbox: outbox, inbox: inbox, leases: leases, owner: owner, fence: fence, term: term)
        do {
            try await body(lease)
        } catch {
            try? await toItsEnd { try await lease.release() }
            throw error
        }
        try await toItsEnd { try await lease.release() }
        return true
    }

    /// The new fence when the lease was free or had run out; nil when another holds it.
    private func acquire(_ owner: String) async throws -> Int? {
        do {
            try await leases.insertOne(["_id": .string(MongoOutboxLease.name), "owner": "", "until": .date(Timestamp(microseconds: 0)), "fence": 0])
        } catch let error as MongoError where error.isDuplicateKey() {
            // It is there since the first relay ran.
        }
        let free: BSONDocument = ["_id": .string(MongoOutboxLease.name), "$expr": ["$lt": ["$until", "$$NOW"]]]
        let taken: BSONDocument = .pipeline([[
            "$set": ["owner": .string(owner), "fence": ["$add": ["$fence", 1]], "until": ["$add": ["$$NOW", .int(term)]]],
        ]])
        return try await leases.findOneAndUpdate(free, taken)?.int("fence")
    }
}

/// The lease was not renewed in time and another relay may lead.
struct LeaseLost: Error {}

/// An outbox under a lease, which each round renews, or finds lost, as it asks for rows.
struct MongoOutboxLease: OutboxLease {
    static let name = "outbox-relay"
    let outbox: MongoCollection
    let inbox: MongoCollection
    let leases: MongoCollection
    let owner: String
    let fence: Int
    let term: Int

    /// One update by key, each round: an idle relay makes four a second.
    private func hold() async throws {
        let mine: BSONDocument = ["_id": .string(Self.name), "owner": .string(owner), "fence": .int(fence)]
        let renewed = try await leases.updateOne(mine, .pipeline([["$set": ["until": ["$add": ["$$NOW", .int(term)]]]]]))
        if renewed.matched == 0 { throw LeaseLost() }
    }

    func release() async throws {
        _ = try await leases.updateOne(["_id": .string(Self.name), "owner": .string(owner), "fence": .int(fence)],
                                       ["$set": ["until": .date(Timestamp(microseconds: 0))]])
    }

    func unpublished(limit: Int) async throws -> [OutboxRow] {
        try await hold()
        let found = try await outbox.find(["publishedAt": .null], MongoFind(sort: ["position": 1], limit: limit, hint: "outbox_published"))
        return try found.items.map { item in
            OutboxRow(id: try item.uuid("_id"), position: Int64(try item.int("position")), type: try item.string("type"),
                      subject: try item.string("subject"), payload: try item.binary("payload"))
        }
    }

    func markPublished(_ rows: [OutboxRow]) async throws {
        try await outbox.updateMany(["_id": ["$in": .array(rows.map { .uuid($0.id) })]], .pipeline([["$set": ["publishedAt": "$$NOW"]]]))
    }

    func backlog() async throws -> OutboxBacklog {
        let count = try await outbox.count(["publishedAt": .null], limit: 1_000_000)
        let oldest = MongoFind(sort: ["position": 1], projection: ["createdAt": 1], limit: 1)
        let first = try await outbox.find(["publishedAt": .null], oldest).items.first
        return OutboxBacklog(count: count, oldestSeconds: try first.map { max(0, Timestamp.now - (try $0.date("createdAt"))) } ?? 0)
    }

    func purge(publishedBefore outboxSeconds: Int, receivedBefore inboxSeconds: Int, limit: Int) async throws -> Int {
        let published = try await remove(limit, from: outbox, "publishedAt", olderThan: outboxSeconds)
        return max(published, try await remove(limit, from: inbox, "receivedAt", olderThan: inboxSeconds))
    }

    /// Null is not older than a date: BSON compares within a type.
    private func remove(_ limit: Int, from collection: MongoCollection, _ field: String, olderThan seconds: Int) async throws -> Int {
        let old: BSONDocument = [field: ["$lt": .date(Timestamp.now.adding(seconds: -Double(seconds)))]]
        let ids = try await collection.find(old, MongoFind(projection: ["_id": 1], limit: limit)).items.compactMap { $0["_id"] }
        guard !ids.isEmpty else { return 0 }
        return try await collection.deleteMany(["_id": ["$in": .array(ids)]])
    }
}
