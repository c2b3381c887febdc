/// One change of a collection, as a change stream reports it.
public struct MongoChange: Sendable, Equatable {
    /// What happened. `invalidate` ends the stream: the collection was dropped or renamed.
    public enum Operation: Sendable, Equatable { case insert, update, replace, delete, drop, rename, invalidate, other(String) }

    /// What happened.
    public var operation: Operation
    /// The collection, empty for changes of a whole database.
    public var collection: String
    /// The id of the document, when the change is one of a document.
    public var id: BSONValue?
    /// The document: of an insert or a replace as it was then, of an update as it is now (nil when it is gone by now), of a delete nothing.
    public var document: BSONDocument?
    /// MongoDB's clock at the change: larger for a later change of the same document.
    public var clusterTime: UInt64
    /// Where to go on after this change.
    public var token: BSONDocument

    /// A change from its parts.
    public init(_ operation: Operation, of id: BSONValue?, document: BSONDocument?, in collection: String, clusterTime: UInt64, token: BSONDocument) {
        self.operation = operation
        self.collection = collection
        self.id = id
        self.document = document
        self.clusterTime = clusterTime
        self.token = token
    }
}

/// Some changes in order, and where to go on.
public struct MongoChanges: Sendable, Equatable {
    /// At most as many as were asked for; none when none came in time.
    public var events: [MongoChange]
    /// Where the next read begins. It goes on also when nothing came, so save it then too, or it becomes too old.
    public var token: BSONDocument

    /// These, and where to go on.
    public init(events: [MongoChange], token: BSONDocument) {
        self.events = events
        self.token = token
    }
}

/// From where and how changes are read.
public struct MongoWatch: Sendable {
    /// Begins after this token; with nil at this moment, or at `startAt`.
    public var token: BSONDocument?
    /// MongoDB's clock to begin at when there is no token.
    public var startAt: UInt64?
    /// Stages that select and shape events, such as `["$match": ["operationType": "insert"]]`. They must leave `_id` alone.
    public var pipeline: [BSONDocument]
    /// How many events at most.
    public var limit: Int
    /// How long the server waits for the first event, in milliseconds. A thread of the pool waits with it.
    public var waitMilliseconds: Int

    /// After `token`, up to 500 events, waiting a second at most when nothing else is said.
    public init(
        after token: BSONDocument? = nil, startAt: UInt64? = nil, pipeline: [BSONDocument] = [], limit: Int = 500, waitMilliseconds: Int = 1000
    ) {
        self.token = token
        self.startAt = startAt
        self.pipeline = pipeline
        self.limit = limit
        self.waitMilliseconds = waitMilliseconds
    }
}

extension MongoChange {
    /// From an event document.
    init(_ event: BSONDocument) throws(BSONError) {
        operation = Operation(try event.string("operationType"))
        collection = try event.optionalString("ns.coll") ?? ""
        id = event.value("documentKey._id")
        document = try event.optionalDocument("fullDocument")
        clusterTime = event["clusterTime"]?.timestampValue ?? 0
        token = try event.document("_id")
    }
}

extension MongoChange.Operation {
    /// From MongoDB's word for it.
    init(_ name: String) {
        self = switch name {
        case "insert": .insert
        case "update": .update
        case "replace": .replace
        case "delete": .delete
        case "drop": .drop
        case "rename": .rename
        case "invalidate": .invalidate
        default: .other(name)
        }
    }
}
