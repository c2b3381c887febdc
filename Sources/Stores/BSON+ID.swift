public import Kit
public import Mongo

extension BSONValue {
    /// Binary of subtype 4 from an id.
    public static func id<T>(_ id: ID<T>) -> BSONValue { .uuid(id.uuid) }
    /// The same; null for nil.
    public static func id<T>(_ id: ID<T>?) -> BSONValue { id.map { .id($0) } ?? .null }
    /// An array of ids.
    public static func ids<T>(_ ids: [ID<T>]) -> BSONValue { .array(ids.map { .id($0) }) }
}

extension BSONDocument {
    /// The id at `path`; throws when there is none.
    public func id<T>(_ path: String, of _: T.Type = T.self) throws(BSONError) -> ID<T> { ID(try uuid(path)) }
    /// The id at `path`; nil when it is absent or null.
    public func optionalID<T>(_ path: String, of _: T.Type = T.self) throws(BSONError) -> ID<T>? { isAbsent(path) ? nil : try id(path) }
    /// The ids at `path`; throws when there is no array of them.
    public func ids<T>(_ path: String, of _: T.Type = T.self) throws(BSONError) -> [ID<T>] { try uuids(path).map { ID($0) } }
}
