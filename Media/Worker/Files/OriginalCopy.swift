import Glibc
import Loop
import MediaPipeline
import ObjectStore

/// Copies an object into a private file, piece by piece, so that a cancelled job does not wait for gigabytes.
struct OriginalCopy: Sendable {
    private static let pieceBytes = 4 << 20

    let store: any ObjectStore
    let files: Workers<Void>

    /// The whole object at `path`, which does not exist yet. Throws `ObjectStoreError`, `MediaFailure` or `CancellationError`.
    func copy(_ key: ObjectKey, to path: String) async throws {
        let object = try await store.open(key)
        let file = try await files.run { _ in try PrivateFile(path) }
        var offset = 0
        while offset < object.facts.size {
            try Task.checkCancellation()
            let bytes = try await object.read(at: offset, count: Self.pieceBytes)
            guard !bytes.isEmpty else { throw ObjectStoreError(.unavailable, "\(key) ends at \(offset) of \(object.facts.size) bytes") }
            try await files.run { _ in try file.write(bytes) }
            offset += bytes.count
        }
    }
}

/// A new file that its owner alone can read.
private final class PrivateFile: Sendable {
    private let path: String
    private let descriptor: CInt

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw MediaFailure(file: "make \(path)", errno) }
    }
    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw MediaFailure(file: "write \(path)", count == 0 ? EIO : errno) }
            written += count
        }
    }
}
