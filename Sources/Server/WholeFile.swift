import Glibc

/// Writes files that are there whole or not at all.
enum WholeFile {
    /// Into a new file beside it, then renamed; by default one that only its owner reads.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(FileProblem) {
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileProblem("\(path): \(String(cString: strerror(errno)))") }
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isWritten = count == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            let why = String(cString: strerror(errno))
            unlink(temporary)
            throw FileProblem("\(path): \(why)")
        }
    }
}

/// A file that cannot be used, and why.
struct FileProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
