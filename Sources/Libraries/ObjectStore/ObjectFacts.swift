/// What is known of an object without reading it.
public struct ObjectFacts: Sendable, Hashable {
    public let key: ObjectKey
    /// Bytes.
    public let size: Int
    /// Strong, without quotes: another value for every write of the key.
    public let etag: String
    /// Microseconds since 1970.
    public let modified: Int64

    public init(key: ObjectKey, size: Int, etag: String, modified: Int64) {
        self.key = key
        self.size = size
        self.etag = etag
        self.modified = modified
    }
}

/// A part of a list: in the order of keys, and where to go on.
public struct ObjectPage: Sendable, Hashable {
    public let objects: [ObjectFacts]
    /// Hand it back as `after` for what follows; nil at the end.
    public let next: ObjectKey?

    public init(objects: [ObjectFacts], next: ObjectKey?) {
        self.objects = objects
        self.next = next
    }
}

/// An object being read: one version of it, whatever is put at its key meanwhile.
public protocol OpenObject: AnyObject, Sendable {
    var facts: ObjectFacts { get }
    /// A descriptor whose first byte is the object's first, for sendfile; the caller closes it. Nil where objects are not files.
    func duplicateDescriptor() -> CInt?
    /// Up to `count` bytes from `offset`; empty beyond the end.
    func read(at offset: Int, count: Int) async throws -> [UInt8]
}
