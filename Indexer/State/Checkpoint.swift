import Mongo
import Search

/// Everything before `token` is in `target`.
struct Checkpoint: Sendable, Equatable {
    /// Of MongoDB's change stream.
    let token: BSONDocument
    let target: ElasticCourseIndex.Target
}

extension Checkpoint {
    init(bson document: BSONDocument) throws {
        token = try document.document("token")
        target = ElasticCourseIndex.Target(
            name: try document.string("index"), uuid: try document.string("uuid"), schemaVersion: try document.optionalInt("schemaVersion"))
    }

    var bson: BSONDocument {
        [
            "token": .document(token), "index": .string(target.name), "uuid": .string(target.uuid),
            "schemaVersion": .optional(target.schemaVersion, BSONValue.int),
        ]
    }
}
