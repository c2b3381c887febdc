public import Kit
public import Postgres

extension Parameter {
    /// uuid from an id.
    public static func id<T>(_ id: ID<T>) -> Parameter { .uuid(id.bytes) }
    /// uuid from an id; NULL for nil.
    public static func id<T>(_ id: ID<T>?) -> Parameter { id.map { .uuid($0.bytes) } ?? .null }
    /// uuid[] from ids.
    public static func ids<T>(_ ids: [ID<T>]) -> Parameter { .uuidArray(ids.compactMap { UUIDBytes($0.bytes) }) }
}

extension Rows {
    /// A uuid column as an id.
    public func id<T>(_ row: Int, _ column: Int, of _: T.Type = T.self) -> ID<T> {
        guard let id = ID<T>(bytes: uuid(row, column).bytes) else { preconditionFailure("a uuid has 16 bytes") }
        return id
    }
    /// A uuid column as an id; nil for NULL.
    public func optionalID<T>(_ row: Int, _ column: Int, of _: T.Type = T.self) -> ID<T>? { isNull(row, column) ? nil : id(row, column) }
}
