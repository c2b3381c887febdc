/// An index and what it promises.
public struct MongoIndex: Sendable {
    /// The name that errors of a unique index carry.
    public var name: String
    /// `["slug": 1]`, `["courseId": 1, "createdAt": -1]`.
    public var keys: BSONDocument
    /// No two documents may have the same key.
    public var isUnique: Bool
    /// Only documents that this filter finds are in it; empty for all.
    public var partial: BSONDocument
    /// Documents go this long after the date in the key, in seconds.
    public var expireAfterSeconds: Int?

    /// An index named `name`.
    public init(_ name: String, _ keys: BSONDocument, isUnique: Bool = false, partial: BSONDocument = [:], expireAfterSeconds: Int? = nil) {
        self.name = name
        self.keys = keys
        self.isUnique = isUnique
        self.partial = partial
        self.expireAfterSeconds = expireAfterSeconds
    }

    var document: BSONDocument {
        var document: BSONDocument = ["key": .document(keys), "name": .string(name)]
        if isUnique { document.append("unique", true) }
        if !partial.isEmpty { document.append("partialFilterExpression", .document(partial)) }
        if let expireAfterSeconds { document.append("expireAfterSeconds", .int(expireAfterSeconds)) }
        return document
    }
}
