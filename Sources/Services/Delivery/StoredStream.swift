import Kit
import Loop
import ObjectStore

/// The files of streams in the object store.
struct StoredStream: Sendable {
    let objects: any ObjectStore

    /// A file of a stream that is there.
    struct File: Sendable {
        fileprivate let object: any OpenObject
        var size: Int { object.facts.size }
        var etag: String { object.facts.etag }
    }

    /// Where a part of a file comes from.
    enum Source: Sendable {
        /// From a file, by the kernel; closed by whoever sends it.
        case descriptor(CInt)
        /// From a store elsewhere, as it is asked for.
        case pieces(ObjectPieces)
    }

    /// Nil when there is none. What a store throws that cannot be used, or has too much to do, is a 503.
    func open(asset: String, hash: String, file: String) async throws -> File? {
        guard let key = ObjectKey("streams/\(asset)/\(hash)/\(file)") else { return nil }
        do { return File(object: try await objects.open(key)) } catch let error as ObjectStoreError where error.kind == .notFound { return nil }
    }

    /// What sends `range` of a file; of what is not sent (HEAD) nothing is fetched.
    func source(of file: File, _ range: Range<Int>, isSent: Bool) async throws -> Source {
        if let descriptor = file.object.duplicateDescriptor() { return .descriptor(descriptor) }
        guard isSent else { return .pieces { nil } }
        return .pieces(try await file.object.pieces(of: range))
    }
}
