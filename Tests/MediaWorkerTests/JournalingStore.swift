import Loop
import ObjectStore

/// An object store that notes what is put, and has room for so many objects only.
struct JournalingStore: ObjectStore {
    let store: any ObjectStore
    let journal: Journal
    let room = Locked(Int.max)

    @discardableResult func put(_ bytes: [UInt8], at key: ObjectKey) async throws -> ObjectFacts {
        try take(key)
        return try await store.put(bytes, at: key)
    }
    @discardableResult func put(file path: String, at key: ObjectKey) async throws -> ObjectFacts {
        try take(key)
        return try await store.put(file: path, at: key)
    }
    private func take(_ key: ObjectKey) throws {
        let hasRoom = room.withLock { room in
            guard room > 0 else { return false }
            room -= 1
            return true
        }
        guard hasRoom else { throw ObjectStoreError(.full, "put \(key): no room") }
        journal.add("put \(key)")
    }
    func get(_ key: ObjectKey, range: Range<Int>?, limit: Int) async throws -> [UInt8] { try await store.get(key, range: range, limit: limit) }
    func open(_ key: ObjectKey) async throws -> any OpenObject { try await store.open(key) }
    func head(_ key: ObjectKey) async throws -> ObjectFacts? { try await store.head(key) }
    func delete(_ key: ObjectKey) async throws { try await store.delete(key) }
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        try await store.list(prefix: prefix, after: after, limit: limit)
    }
}
