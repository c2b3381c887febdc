import Glibc
import Kit
import Loop

/// The bytes of uploads that are not complete: a file an upload, on a disk that outlives the process. All of it runs on threads of its own.
final class UploadSpool: Sendable {
    private let folder: String
    private let threads: Workers<Disk>

    /// Nothing to own: what blocks is the disk.
    struct Disk: ~Copyable {}

    /// Makes the folder where it is missing; throws when that is not possible.
    init(folder: String, threads: Int = 4) throws {
        self.folder = folder
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw SpoolError(code: errno) }
        self.threads = Workers(threads: threads, name: "spool") { Disk() }
    }

    func path(of upload: UploadID) -> String { "\(folder)/\(upload)" }

    /// An empty file for a new upload; its name is on the disk as well when this returns.
    func create(_ upload: UploadID) async throws {
        let path = path(of: upload)
        try await threads.run { [folder] _ in
            for (name, flags) in [(path, O_WRONLY | O_CREAT | O_EXCL), (folder, O_RDONLY | O_DIRECTORY)] {
                let descriptor = Glibc.open(name, flags | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else { throw SpoolError(code: errno) }
                defer { close(descriptor) }
                guard fsync(descriptor) == 0 else { throw SpoolError(code: errno) }
            }
        }
    }

    /// The file, locked for one writer that goes on at `offset`; nil while another has it. Nothing is changed yet.
    func open(_ upload: UploadID, at offset: Int) async throws -> SpoolFile? {
        let path = path(of: upload)
        return try await threads.run { [threads] _ in
            let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SpoolError(code: errno) }
            let file = SpoolFile(descriptor: descriptor, offset: offset, threads: threads)
            return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? file : nil
        }
    }

    /// The uploads that have a file, in no order, `limit` at most.
    func uploads(limit: Int) async throws -> [UploadID] {
        try await threads.run { [folder] _ in
            guard let directory = opendir(folder) else { throw SpoolError(code: errno) }
            defer { closedir(directory) }
            var found: [UploadID] = []
            while found.count < limit, let entry = readdir(directory) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if let upload = UploadID(name) { found.append(upload) }
            }
            return found
        }
    }

    /// Removes the file; nothing happens when there is none.
    func remove(_ upload: UploadID) async throws {
        let path = path(of: upload)
        try await threads.run { _ in
            guard unlink(path) == 0 || errno == ENOENT else { throw SpoolError(code: errno) }
        }
    }

    func stop() async { await threads.stop() }
}

/// Why the disk did not do it.
struct SpoolError: Error, CustomStringConvertible {
    let code: CInt
    /// There is no such file.
    var isMissing: Bool { code == ENOENT }
    var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
    var description: String { "the spool of uploads: \(String(cString: strerror(code)))" }
}

/// The file of one upload in the hands of its one writer. Closed with the last reference, which lets the next writer in.
final class SpoolFile: Sendable {
    private let descriptor: CInt
    private let threads: Workers<UploadSpool.Disk>
    private let end: Locked<Int>

    init(descriptor: CInt, offset: Int, threads: Workers<UploadSpool.Disk>) {
        self.descriptor = descriptor
        self.threads = threads
        end = Locked(offset)
    }
    deinit {
        // A child that is just being forked holds a copy of the descriptor until it runs its program: closing ours would leave the lock with it.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Cuts off what lies beyond the offset: it was never promised to anyone. False when the file is shorter: bytes were lost.
    func cut() async throws -> Bool {
        let offset = end.withLock { $0 }
        return try await threads.run { [self] _ in
            var facts = stat()
            guard fstat(descriptor, &facts) == 0 else { throw SpoolError(code: errno) }
            guard facts.st_size >= off_t(offset) else { return false }
            guard ftruncate(descriptor, off_t(offset)) == 0 else { throw SpoolError(code: errno) }
            return true
        }
    }

    /// Appends; the bytes are not safe before `sync`.
    func append(_ bytes: [UInt8]) async throws {
        let offset = end.withLock { $0 }
        try await threads.run { [self] _ in
            try bytes.withUnsafeBytes { bytes in
                var done = 0
                while done < bytes.count {
                    let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw SpoolError(code: errno) }
                    done += count
                }
            }
        }
        end.withLock { $0 = offset + bytes.count }
    }

    /// Returns when all that was appended is on the disk.
    func sync() async throws {
        try await threads.run { [self] _ in
            guard fdatasync(descriptor) == 0 else { throw SpoolError(code: errno) }
        }
    }
}
