import Glibc
internal import Loop

/// A file that is opened at its first read and closed with its last owner. Blocking.
final class UploadFile: Sendable {
    private let path: String
    private let descriptor = Locked<CInt>(-1)

    init(_ path: String) { self.path = path }

    deinit {
        let descriptor = descriptor.withLock { $0 }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Fewer bytes than `count` at the end of the file alone.
    func read(at offset: Int, count: Int) throws(CurlError) -> [UInt8] {
        let descriptor = try opened()
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { return }
                filled += got
            }
        }
        guard failure == 0 else { throw CurlError(.source, "reading \(path): \(String(cString: strerror(failure)))") }
        return bytes
    }

    private func opened() throws(CurlError) -> CInt {
        let (descriptor, failure) = descriptor.withLock { descriptor in
            if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
            return (descriptor, errno)
        }
        guard descriptor >= 0 else { throw CurlError(.source, "opening \(path): \(String(cString: strerror(failure)))") }
        return descriptor
    }
}
