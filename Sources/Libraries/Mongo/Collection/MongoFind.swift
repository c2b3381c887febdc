/// Which of the documents that a filter finds, in what order, and what of them.
public struct MongoFind: Sendable {
    /// `["publishedAt": -1, "_id": 1]`; empty for no order.
    public var sort: BSONDocument
    /// `["title": 1]` or `["draft": 0]`; empty for all of each document.
    public var projection: BSONDocument
    /// How many to leave out first.
    public var skip: Int
    /// How many at most.
    public var limit: Int
    /// The index to use, by name; the server chooses when there is none.
    public var hint: String?

    /// A hundred documents in no order when nothing else is said.
    public init(sort: BSONDocument = [:], projection: BSONDocument = [:], skip: Int = 0, limit: Int = 100, hint: String? = nil) {
        self.sort = sort
        self.projection = projection
        self.skip = skip
        self.limit = limit
        self.hint = hint
    }

    /// For libmongoc. One more than the limit is asked for, to know whether there is more.
    func document(_ configuration: MongoConfiguration, isSingle: Bool = false) -> BSONDocument {
        var document: BSONDocument = ["maxTimeMS": .int(configuration.operationMilliseconds)]
        document.append("limit", .int(isSingle ? 1 : limit + 1))
        if isSingle { document.append("singleBatch", true) } else { document.append("batchSize", .int(limit + 1)) }
        if !sort.isEmpty { document.append("sort", .document(sort)) }
        if !projection.isEmpty { document.append("projection", .document(projection)) }
        if skip > 0 { document.append("skip", .int(skip)) }
        if let hint { document.append("hint", .string(hint)) }
        return document
    }
}

/// The first of what was found.
public struct MongoPage<Item> {
    /// In the order asked for.
    public var items: [Item]
    /// Whether there is more than these.
    public var hasMore: Bool

    /// These, and whether there is more.
    public init(items: [Item], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }
}

extension MongoPage: Sendable where Item: Sendable {}

extension BSONDocument {
    /// Stages or several updates in order, as libmongoc wants them: an array whose names are its indexes.
    public static func pipeline(_ stages: [BSONDocument]) -> BSONDocument {
        BSONDocument(stages.enumerated().map { (name: String($0.offset), value: .document($0.element)) })
    }
}
