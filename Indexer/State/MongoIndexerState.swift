import Glibc
import Kit
import Mongo
import Search
import Telemetry

/// What indexers keep between runs, in the database of the courses: where the last one ended, who is at work, and what the engine refused.
struct MongoIndexerState: Sendable {
    private let checkpoints: MongoCollection
    private let leases: MongoCollection
    private let refused: MongoCollection
    private let alias: String

    init(_ pool: MongoPool, database: String, alias: String) {
        checkpoints = pool.collection(database, "indexer_checkpoints")
        leases = pool.collection(database, "indexer_leases")
        refused = pool.collection(database, "indexer_refused")
        self.alias = alias
    }

    func checkpoint() async throws -> Checkpoint? { try await checkpoints.findOne(["_id": .string(alias)]).map(Checkpoint.init(bson:)) }

    /// Keeps it unless an indexer with a later lease has kept one: then throws `.leaseLost`.
    func save(_ checkpoint: Checkpoint, fence: Int) async throws {
        let set = checkpoint.bson.merging(["fence": .int(fence)])
        let mine: BSONDocument = ["_id": .string(alias), "fence": ["$lte": .int(fence)]]
        do {
            let update: BSONDocument = ["$set": .document(set), "$currentDate": ["savedAt": true]]
            try await checkpoints.updateOne(mine, update, MongoUpdateOptions(upsert: true))
        } catch let error as MongoError where error.isDuplicateKey() {
            throw IndexerError.leaseLost
        }
    }

    /// Remembers documents that the engine will never take, for a person to look at.
    func note(_ refusals: [(document: IndexedDocument, reason: String)]) async throws {
        let writes = refusals.map { document, reason in
            let set: BSONDocument = ["version": .int(document.version), "reason": .string(reason)]
            let update: BSONDocument = ["$set": .document(set), "$inc": ["tries": 1], "$currentDate": ["lastAt": true]]
            return MongoWrite.updateOne(["_id": .string("\(alias)/\(document.id)")], update, MongoUpdateOptions(upsert: true))
        }
        if !writes.isEmpty { try await refused.bulkWrite(writes, ordered: false).requireAll() }
    }

    enum Acquired: Sendable {
        case acquired(MongoLease)
        case held(by: String)
    }

    /// The lease when it is free or has run out, by the server's clock. Each holder's fence is greater than the one before.
    func acquireLease(milliseconds term: Int) async throws -> Acquired {
        let owner = "\(Self.host), process \(getpid())"
        let id: BSONDocument = ["_id": .string(alias)]
        do {
            try await leases.insertOne(id.merging(["owner": "", "until": .date(Timestamp(microseconds: 0)), "fence": 0]))
        } catch let error as MongoError where error.isDuplicateKey() {
            // It is there since the first run.
        }
        let taken: BSONDocument = .pipeline([[
            "$set": ["owner": .string(owner), "fence": ["$add": ["$fence", 1]], "until": ["$add": ["$$NOW", .int(term)]]],
        ]])
        if let lease = try await leases.findOneAndUpdate(id.merging(["$expr": ["$lt": ["$until", "$$NOW"]]]), taken) {
            return .acquired(MongoLease(leases: leases, name: alias, fence: try lease.int("fence"), term: term))
        }
        return .held(by: try await leases.findOne(id)?.string("owner") ?? "")
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
