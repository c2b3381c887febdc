import Glibc
internal import Curl
internal import Loop
internal import ObjectStore
internal import OpenSSL

/// A local file that goes up: looked at, hashed and sent on threads that may block.
struct S3SourceFile: Sendable {
    let path: String
    let size: Int
    private let key: ObjectKey
    private let workers: Workers<Void>

    /// Throws `ObjectStoreError` for what is no file.
    static func open(_ path: String, _ key: ObjectKey, _ workers: Workers<Void>) async throws -> S3SourceFile {
        let size = try await workers.run { _ in Int(try File.open(path, key).status(key).st_size) }
        return S3SourceFile(path: path, size: size, key: key, workers: workers)
    }

    /// A part of it, with its digest.
    func part(_ range: Range<Int>) async throws -> S3Client.Payload {
        let digest = try await workers.run { [path, key] _ in
            let file = try File.open(path, key)
            var hasher = SHA256.Hasher()
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 256 << 10) {
                hasher.update(try file.read(at: start, count: min(256 << 10, range.upperBound - start), key))
            }
            return hasher.finish()
        }
        return .upload(.file(path, range: range, on: workers), sha256: digest)
    }
}
