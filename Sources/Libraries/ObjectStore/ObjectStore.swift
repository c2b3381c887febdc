/// Bytes by key: uploads, streams, posters. A folder here, S3 or its like in production.
///
/// A put is atomic and durable when it returns: a reader sees the old object or the new one, never a part, and a crash loses neither.
/// All throw `ObjectStoreError`, or `CancellationError` when the task was cancelled before the work began. None blocks the caller's thread.
public protocol ObjectStore: Sendable {
    /// Keeps `bytes` under `key`, in place of what was there.
    @discardableResult func put(_ bytes: [UInt8], at key: ObjectKey) async throws -> ObjectFacts
    /// Keeps a copy of the file; the file stays the caller's.
    @discardableResult func put(file path: String, at key: ObjectKey) async throws -> ObjectFacts
    /// All of the object, or the bytes of `range` that exist; throws `.tooLarge` beyond `limit` bytes.
    func get(_ key: ObjectKey, range: Range<Int>?, limit: Int) async throws -> [UInt8]
    /// For reading piece by piece, or by the kernel.
    func open(_ key: ObjectKey) async throws -> any OpenObject
    /// Nil when there is no such object.
    func head(_ key: ObjectKey) async throws -> ObjectFacts?
    /// Nothing happens when there is none.
    func delete(_ key: ObjectKey) async throws
    /// Objects whose keys begin with `prefix` (a whole name, or the beginning of one), from the first one after `after`; at most `limit`, which is
    /// at most 1,000.
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage
}

extension ObjectStore {
    /// All of the object; throws `.tooLarge` beyond `limit` bytes.
    public func get(_ key: ObjectKey, limit: Int = 16 << 20) async throws -> [UInt8] { try await get(key, range: nil, limit: limit) }
}
