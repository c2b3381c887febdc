import Glibc
import MediaPipeline
import Synchronization

/// Where jobs keep their files: a folder for each process, under a lock that ends with it, so that what a killed process left is removed by the next.
///
/// Blocking, all of it.
final class WorkerSpace: Sendable {
    let path: String
    private let lock: CInt
    private let last = Atomic<Int>(0)

    private init(path: String, lock: CInt) {
        self.path = path
        self.lock = lock
    }
    deinit { Glibc.close(lock) }

    /// Makes `parent`, removes what processes that are gone left there, and makes a folder for this one.
    static func open(in parent: String) throws -> WorkerSpace {
        try makeParent(parent)
        let guarding = try lock(parent, LOCK_EX)
        defer { Glibc.close(guarding) }
        for name in FileTree.names(in: parent) where name.hasPrefix("worker-") {
            // Whoever cannot be locked is alive.
            guard let left = try? lock("\(parent)/\(name)", LOCK_EX | LOCK_NB) else { continue }
            FileTree.remove("\(parent)/\(name)")
            Glibc.close(left)
        }
        let path = try TemporaryFolder.make("\(parent)/worker-").path
        return WorkerSpace(path: path, lock: try lock(path, LOCK_EX | LOCK_NB))
    }

    /// An empty folder for one job, which no other user can look into.
    func makeFolder() throws -> String {
        let folder = "\(path)/job-\(last.add(1, ordering: .relaxed).newValue)"
        guard mkdir(folder, 0o700) == 0 else { throw MediaFailure(file: "make \(folder)", errno) }
        return folder
    }

    /// Removes all of it.
    func close() { FileTree.remove(path) }

    private static func makeParent(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw MediaFailure(file: "make \(path)", errno) }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw MediaFailure(.file, "\(path) is not a folder of this user")
        }
    }

    private static func lock(_ path: String, _ operation: CInt) throws -> CInt {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw MediaFailure(file: "open \(path)", errno) }
        while flock(descriptor, operation) != 0 {
            let code = errno
            if code == EINTR { continue }
            Glibc.close(descriptor)
            throw MediaFailure(file: "lock \(path)", code)
        }
        return descriptor
    }
}

extension MediaFailure {
    /// A file operation of the worker and its `errno`.
    init(file operation: String, _ code: CInt) {
        self.init([ENOSPC, EDQUOT].contains(code) ? .diskFull : .file, "\(operation): \(String(cString: strerror(code)))")
    }
}
