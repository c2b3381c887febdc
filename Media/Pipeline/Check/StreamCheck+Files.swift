import Glibc
import JSON
import LibAV
import OpenSSL

// The files of a stream, read as what a process wrote that is not believed: no more of anything than an honest one writes.
extension StreamCheck {
    /// Whether the folder has files of these names, and nothing else.
    func holds(_ names: Set<String>) throws -> Bool {
        guard let folder = opendir(path) else { throw PipelineError.file("list the stream", errno) }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            if name == "." || name == ".." { continue }
            guard names.contains(name) else { return false }
            count += 1
        }
        return count == names.count
    }

    /// Several times what the longest stream in the best quality has.
    private static func mostBytes(of type: PackageManifest.ContentType) -> Int {
        switch type {
        case .segment: 64 << 20
        case .picture: 16 << 20
        case .playlist: 8 << 20
        case .initialization: 1 << 20
        }
    }

    func read(_ file: PackageManifest.File) throws -> [UInt8] {
        if stop.isRaised { throw CancellationError() }
        let bytes = try Self.read(path + "/" + file.name, limit: min(file.bytes, Self.mostBytes(of: file.type)))
        guard bytes.count == file.bytes, Hex.encode(SHA256.digest(bytes)) == file.sha256 else {
            throw PipelineError.check("\(file.name) is not what was written")
        }
        return bytes
    }

    /// A regular file, not a link, of at most `limit` bytes.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw PipelineError.file("open a file of the stream", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            throw PipelineError.check("a file of the stream is no file, or too large")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw PipelineError.file("read a file of the stream", got == 0 ? EIO : errno) }
            filled += got
        }
        return bytes
    }
}
