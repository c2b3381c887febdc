public import Kit
public import Postgres

extension Parameter {
    /// uuid from an id.
    public static func id<T>(_ id: ID<T>) -> Parameter { .uuid(id.uuid) }
    /// uuid from an id; NULL for nil.
    public static func id<T>(_ id: ID<T>?) -> Parameter { id.map { .uuid($0.uuid) } ?? .null }
    /// uuid[] from ids.
    public static func ids<T>(_ ids: [ID<T>]) -> Parameter { .uuidArray(ids.map(\.uuid)) }
}

extension Rows {
    /// A uuid column as an id.
    public func id<T>(_ row: Int, _ column: Int, of _: T.Type = T.self) -> ID<T> { ID(uuid(row, column)) }
    /// A uuid column as an id; nil for NULL.
    public func optionalID<T>(_ row: Int, _ column: Int, of _: T.Type = T.self) -> ID<T>? { isNull(row, column) ? nil : id(row, column) }
}
