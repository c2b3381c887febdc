import Glibc
import Kit
import Loop
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

    /// Nil when there is none. Throws 503 when the store cannot be used, or has too much to do.
    func open(asset: String, hash: String, file: String) async throws -> File? {
        guard let key = ObjectKey("streams/\(asset)/\(hash)/\(file)") else { return nil }
        do {
            let object = try await objects.open(key)
            guard let descriptor = object.duplicateDescriptor() else { throw Problem.unavailable("The object store") }
            return File(descriptor: descriptor, size: object.facts.size, etag: object.facts.etag)
        } catch let error as ObjectStoreError {
            if error.kind == .notFound { return nil }
            throw Problem.unavailable("The object store")
        } catch is WorkersError {
            throw Problem.unavailable("The object store", retryAfter: 1)
        }
    }
}
