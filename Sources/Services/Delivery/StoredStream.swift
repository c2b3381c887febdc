import Glibc
import Kit
import ObjectStore

/// The files of streams in the object store.
struct StoredStream: Sendable {
    let objects: any ObjectStore

    /// An open file of a stream.
    struct File: Sendable {
        /// Closed by whoever sends it.
        let descriptor: CInt
        let size: Int
        let etag: String
    }

    /// Nil when there is none.
    func open(asset: String, hash: String, file: String) async throws -> File? {
        guard let key = ObjectKey("streams/\(asset)/\(hash)/\(file)"), let facts = try await objects.head(key) else { return nil }
        do {
            let object = try await objects.open(key)
            guard let descriptor = object.duplicateDescriptor() else { throw Problem.unavailable("The object store") }
            return File(descriptor: descriptor, size: facts.size, etag: facts.etag)
        } catch let error as ObjectStoreError where error.kind == .notFound {
            return nil
        }
    }
}
