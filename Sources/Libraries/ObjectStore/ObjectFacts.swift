/// What is known of an object without reading it.
public struct ObjectFacts: Sendable, Hashable {
    public let key: ObjectKey
    /// Bytes.
    public let size: Int
    /// Strong, without quotes: another value for other bytes.
    public let etag: String

    public init(key: ObjectKey, size: Int, etag: String) {
        self.key = key
        self.size = size
        self.etag = etag
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

/// Pieces of an object, as they are asked for; nil at the end.
public typealias ObjectPieces = @Sendable () async throws -> [UInt8]?

/// An object being read: one version of it. When another is put at its key meanwhile, a read still gives this one, or throws `.replaced`.
public protocol OpenObject: AnyObject, Sendable {
    var facts: ObjectFacts { get }
    /// A descriptor whose first byte is the object's first, for sendfile; the caller closes it. Nil where objects are not files.
    func duplicateDescriptor() -> CInt?
    /// Up to `count` bytes from `offset`; empty beyond the end.
    func read(at offset: Int, count: Int) async throws -> [UInt8]
    /// The bytes of `range` that exist, fetched as they are asked for; what is not is held back. Asked by one task at a time.
    func pieces(of range: Range<Int>) async throws -> ObjectPieces
}
