import Glibc
import JSON
import OpenSSL

/// The folder a stream is written into: new files only, each remembered with its size and digest.
final class OutputFolder {
    let path: String
    private(set) var files: [PackageManifest.File] = []

    init(path: String) { self.path = path }

    /// Writes a file that does not exist yet.
    func write(_ name: String, _ bytes: [UInt8], type: PackageManifest.ContentType) throws {
        try Self.write(bytes, to: path + "/" + name)
        files.append(PackageManifest.File.make(name, bytes, type))
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw PipelineError.file("make a file of the stream", errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw PipelineError.file("write a file of the stream", count == 0 ? EIO : errno) }
            written += count
        }
    }
}

extension PackageManifest.File {
    /// What the manifest says of these bytes.
    static func make(_ name: String, _ bytes: [UInt8], _ type: PackageManifest.ContentType) -> PackageManifest.File {
        PackageManifest.File(name: name, bytes: bytes.count, sha256: Hex.encode(SHA256.digest(bytes)), type: type)
    }
}
