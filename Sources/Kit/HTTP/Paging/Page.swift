public import JSON

/// The part of a list that a request asks for.
public struct PageRequest: Sendable, Hashable {
    /// At most so many items.
    public let limit: Int
    /// After this place; nil from the start.
    public let cursor: Cursor?

    /// A request for `limit` items after `cursor`.
    public init(limit: Int = 20, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// A part of a list, and where the next begins.
public struct Page<Item> {
    /// In the order of the list.
    public let items: [Item]
    /// Where the next page begins; nil on the last.
    public let nextCursor: Cursor?

    /// A page as it goes out.
    public init(items: [Item], nextCursor: Cursor?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    /// A page of what a store found when it was asked for one item more than `request.limit`: the one more tells that there is a next page.
    public init(found: [Item], for request: PageRequest, key: (Item) -> Cursor) {
        items = Array(found.prefix(request.limit))
        nextCursor = found.count > request.limit ? items.last.map(key) : nil
    }

    /// The same page of other items.
    public func map<T, E: Error>(_ transform: (Item) throws(E) -> T) throws(E) -> Page<T> {
        Page<T>(items: try items.map(transform), nextCursor: nextCursor)
    }
}

extension Page: Sendable where Item: Sendable {}

extension Page: JSONWritable where Item: JSONWritable {
    /// `{"items": […], "nextCursor": …}`, null on the last page.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("items", items)
        json.field("nextCursor", nextCursor)
        json.endObject()
    }
}
