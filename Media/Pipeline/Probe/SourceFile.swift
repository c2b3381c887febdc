import Glibc

/// The upload, open for reading and nothing else; closed with its owner.
struct SourceFile: ~Copyable {
    let descriptor: CInt
    let size: Int64

    private init(descriptor: CInt, size: Int64) {
        self.descriptor = descriptor
        self.size = size
    }
    deinit { close(descriptor) }

    /// A regular file that can be read; anything else (a folder, a pipe, a device) is an error.
    static func open(_ path: String) throws -> SourceFile {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw PipelineError.file("open the input", errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw PipelineError.file("the input is no regular file", EINVAL)
        }
        return SourceFile(descriptor: descriptor, size: Int64(status.st_size))
    }

    /// Up to `count` bytes from `offset`; fewer at the end.
    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw PipelineError.file("read the input", errno) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}
