/// A collection read to its end in the order of its ids, a page at a time.
public struct MongoScan<T: Sendable>: AsyncSequence, Sendable {
    let collection: MongoCollection
    let filter: BSONDocument
    let projection: BSONDocument
    let lastID: BSONValue?
    let pageSize: Int
    let read: @Sendable (borrowing BSONView) throws -> T

    /// One page.
    public struct Page: Sendable {
        /// What `read` made of the documents, at least one.
        public var items: [T]
        /// The id of the last one: a scan after it goes on with the next.
        public var lastID: BSONValue
    }

    /// Reads the pages one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let scan: MongoScan
        private var lastID: BSONValue?
        private var isOver = false

        init(_ scan: MongoScan) {
            self.scan = scan
            lastID = scan.lastID
        }

        /// The next page; nil at the end. After an error it may be called again: it tries the same page.
        public mutating func next() async throws -> Page? {
            guard !isOver else { return nil }
            let page = try await scan.page(after: lastID)
            isOver = !page.hasMore
            guard let last = page.items.last else { return nil }
            lastID = last.id
            return Page(items: page.items.map(\.item), lastID: last.id)
        }
    }

    /// Starts from the beginning, or after the id that the scan was given.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    private func page(after id: BSONValue?) async throws -> MongoPage<(id: BSONValue, item: T)> {
        var filter = filter
        if let id {
            let later: BSONDocument = ["_id": ["$gt": id]]
            filter = filter.isEmpty ? later : ["$and": [.document(filter), .document(later)]]
        }
        let options = MongoFind(sort: ["_id": 1], projection: projection, limit: pageSize)
        return try await collection.find(filter, options) { [read] view in
            guard let id = try view.value("_id") else { throw BSONError(path: "_id", .missing) }
            return (id: id, item: try read(view))
        }
    }
}
