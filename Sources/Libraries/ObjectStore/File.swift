package import Glibc

/// A descriptor with one owner. Blocking, all of it.
package final class File: Sendable {
    let descriptor: CInt

    init(owning descriptor: CInt) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// For reading. Not a link, not a folder, not a device.
    package static func open(_ path: String, _ key: ObjectKey) throws(ObjectStoreError) -> File {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw ObjectStoreError("open", key.text, code: errno) }
        let file = File(owning: descriptor)
        guard try file.status(key).st_mode & S_IFMT == S_IFREG else { throw ObjectStoreError(.notFound, "open \(key): it is no object") }
        return file
    }

    package func status(_ key: ObjectKey) throws(ObjectStoreError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ObjectStoreError("look at", key.text, code: errno) }
        return status
    }

    /// Another descriptor of the same file, at its beginning.
    func duplicate() -> CInt? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    package func read(at offset: Int, count: Int, _ key: ObjectKey) throws(ObjectStoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled)) }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw ObjectStoreError("read", key.text, code: errno) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    func write(_ bytes: [UInt8], _ key: ObjectKey) throws(ObjectStoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw ObjectStoreError("write", key.text, code: count == 0 ? EIO : errno) }
            written += count
        }
    }

    /// All of `source`, by the kernel.
    func copy(_ source: File, _ key: ObjectKey) throws(ObjectStoreError) {
        var offset: off_t = 0
        while true {
            let count = sendfile(descriptor, source.descriptor, &offset, 1 << 30)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ObjectStoreError("copy to", key.text, code: errno) }
            if count == 0 { return }
        }
    }

    /// The time of now to the nanosecond, finer than the file system's own clock: no two versions of a key have one entity tag.
    func stamp(_ key: ObjectKey) throws(ObjectStoreError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        guard futimens(descriptor, [now, now]) == 0 else { throw ObjectStoreError("stamp", key.text, code: errno) }
    }

    func sync(_ key: ObjectKey) throws(ObjectStoreError) {
        guard fsync(descriptor) == 0 else { throw ObjectStoreError("sync", key.text, code: errno) }
    }
}
