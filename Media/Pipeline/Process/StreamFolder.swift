import Glibc

/// Where a stream is made before it is known to be good: beside its place, under a lock, renamed there as a whole or not at all.
///
/// Blocking, but for `partial`.
final class StreamFolder: Sendable {
    /// What the confined process writes to.
    let partial: String
    private let place: String
    private let lock: CInt

    private init(place: String, partial: String, lock: CInt) {
        self.place = place
        self.partial = partial
        self.lock = lock
    }
    deinit {
        // A child that is just being forked holds a copy of the descriptor until it runs its program: closing ours would leave the lock with it.
        flock(lock, LOCK_UN)
        close(lock)
    }

    /// `place` must not exist, or be an empty folder. What a run that was killed has left is cleared away; a run that goes on is an error.
    static func prepare(_ place: String) throws -> StreamFolder {
        let place = place.count > 1 && place.hasSuffix("/") ? String(place.dropLast()) : place
        if let names = contents(place) {
            guard names.isEmpty else { throw PipelineError.file("\(place) is not empty", ENOTEMPTY) }
        } else if errno != ENOENT {
            throw PipelineError.file(place, errno)
        }
        let partial = place + ".partial"
        guard mkdir(partial, 0o755) == 0 || errno == EEXIST else { throw PipelineError.file("make \(partial)", errno) }
        let lock = open(partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0 else { throw PipelineError.file("open \(partial)", errno) }
        let folder = StreamFolder(place: place, partial: partial, lock: lock)
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw PipelineError.file("\(partial) is being written by another process", errno) }
        try folder.clear()
        return folder
    }

    /// In its place, all at once.
    func publish() throws {
        guard rename(partial, place) == 0 else { throw PipelineError.file("rename \(partial)", errno) }
    }

    func discard() {
        do { try clear() } catch { return }
        rmdir(partial)
    }

    private func clear() throws {
        for name in Self.contents(partial) ?? [] where unlink(partial + "/" + name) != 0 { throw PipelineError.file("clear \(partial)", errno) }
    }

    /// Nil (and `errno`) for what is no folder or cannot be read.
    private static func contents(_ path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
