public import Kit
public import Mongo
import Telemetry

/// Kept answers of a MongoDB service: collection `idempotency`. The server removes them when their time is over, by an index.
public struct MongoIdempotency: IdempotencyStore {
    /// A transaction of MongoDB sees what was when it began: it cannot wait for another and look then.
    public var looksInTransaction: Bool { false }
    private let collection: MongoCollection

    /// The collection of `database`.
    public init(_ pool: MongoPool, database: String) { collection = pool.collection(database, "idempotency") }

    /// Makes the index by which the server removes what is old, once a minute.
    public func prepare() async throws {
        try await collection.createIndexes([MongoIndex("idempotency_created", ["createdAt": 1], expireAfterSeconds: IdempotentRequest.keptSeconds)])
    }

    /// What is kept, as long as it is.
    public func find(_ request: IdempotentRequest) async throws -> (answer: KeptAnswer, fingerprint: [UInt8])? {
        guard let kept = try await collection.findOne(["_id": .document(request.bsonID)]) else { return nil }
        let answer = KeptAnswer(status: try kept.int("status"), headers: try kept.string("headers"), body: try kept.binary("body"))
        return (answer, try kept.binary("fingerprint"))
    }

    /// With the effect: keeps its answer. Throws 409 when one is kept, or being kept, already, so that this transaction does nothing.
    public func keep<Result>(_ result: Result, once: Once<Result>, in session: borrowing MongoSession) throws {
        guard let row = try once.row(for: result) else { return }
        let document: BSONDocument = [
            "_id": .document(row.request.bsonID), "fingerprint": .binary(row.request.fingerprint), "status": .int(row.answer.status),
            "headers": .string(row.answer.headers), "body": .binary(row.answer.body), "createdAt": .date(.now),
        ]
        do { try session.insertOne(document, into: collection) } catch let error as MongoError where error.isDuplicateKey() || error.isWriteConflict {
            throw Problem.idempotencyKeyRunning()
        }
    }
}

extension IdempotentRequest {
    fileprivate var bsonID: BSONDocument { ["user": .id(user), "route": .string(route), "key": .string(key)] }
}

extension MongoError {
    /// Another transaction, which has not ended, writes the same key.
    fileprivate var isWriteConflict: Bool { code == 112 }
}
