import Glibc

/// The folder below which objects lie. Blocking, all of it.
final class Folder: Sendable {
    /// Absolute, without a slash at its end.
    let path: String
    private let temporary: String

    /// Makes it, and the place for unfinished files, from which what a crash left a day ago is removed.
    init(_ path: String) throws(ObjectStoreError) {
        try Self.make(path)
        guard let real = realpath(path, nil) else { throw ObjectStoreError("open the store at", path, code: errno) }
        defer { free(real) }
        self.path = String(cString: real)
        temporary = self.path + "/.tmp"
        try Self.make(temporary)
        removeLeftovers()
    }

    /// Drafts that have not been touched for a day: whoever wrote them is gone. Others may belong to processes that share the store.
    private func removeLeftovers() {
        guard let directory = opendir(temporary) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            var status = stat()
            guard lstat(temporary + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mtim.tv_sec < time(nil) - 86_400 else {
                continue
            }
            unlink(temporary + "/" + name)
        }
    }

    private static func make(_ path: String) throws(ObjectStoreError) {
        var made = ""
        for name in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && name.isEmpty ? "/" : (made.isEmpty || made == "/" ? "" : "/") + name
            guard mkdir(made, 0o755) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
                throw ObjectStoreError("make", made, code: errno)
            }
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw ObjectStoreError(.unavailable, "\(path) is no folder and cannot be made one")
        }
    }

    private func place(of key: ObjectKey) -> String { path + "/" + key.text }

    /// A file written by `body` appears under `key`, whole and on the disk.
    func put(at key: ObjectKey, _ body: (File) throws(ObjectStoreError) -> Void) throws(ObjectStoreError) -> ObjectFacts {
        let draft = "\(temporary)/\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let descriptor = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            let code = errno
            try requireStore()
            throw ObjectStoreError("put", key.text, code: code)
        }
        let file = File(owning: descriptor)
        do throws(ObjectStoreError) {
            try body(file)
            try file.stamp(key)
            try file.sync(key)
            try move(draft, to: key)
        } catch {
            unlink(draft)
            throw error
        }
        return Self.facts(key, try file.status(key))
    }

    private func move(_ draft: String, to key: ObjectKey) throws(ObjectStoreError) {
        // The folder may go with the deletion of its last object just before the rename: make it again, a few times.
        for _ in 0..<16 {
            try makeFolders(above: key)
            if rename(draft, place(of: key)) == 0 { return try syncFolder(above: key) }
            guard errno == ENOENT else { throw ObjectStoreError("put", key.text, code: errno) }
        }
        throw ObjectStoreError("put", key.text, code: ENOENT)
    }

    private func makeFolders(above key: ObjectKey) throws(ObjectStoreError) {
        var folder = path
        for name in key.text.split(separator: "/").dropLast() {
            let above = folder
            folder += "/" + name
            if mkdir(folder, 0o755) == 0 {
                try Self.sync(above, key)
            } else if errno != EEXIST {
                throw ObjectStoreError("put", key.text, code: errno)
            }
        }
    }

    private func syncFolder(above key: ObjectKey) throws(ObjectStoreError) {
        let parts = key.text.split(separator: "/").dropLast()
        try Self.sync(([path] + parts.map(String.init)).joined(separator: "/"), key)
    }

    /// A folder that is gone needs no sync.
    private static func sync(_ folder: String, _ key: ObjectKey) throws(ObjectStoreError) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 && errno == ENOENT { return }
        guard descriptor >= 0 else { throw ObjectStoreError("sync the folder of", key.text, code: errno) }
        try File(owning: descriptor).sync(key)
    }

    func open(_ key: ObjectKey) throws(ObjectStoreError) -> (File, ObjectFacts) {
        do {
            let file = try File.open(place(of: key), key)
            return (file, Self.facts(key, try file.status(key)))
        } catch {
            if error.kind == .notFound { try requireStore() }
            throw error
        }
    }

    /// Throws when the store itself is gone, so that this is not taken for an object that is. A volume that is not mounted any more
    /// leaves an empty folder: it lacks the place for unfinished files.
    func requireStore() throws(ObjectStoreError) {
        guard access(temporary, F_OK) != 0 else { return }
        throw ObjectStoreError(.unavailable, "the store at \(path) is gone: \(String(cString: strerror(errno)))")
    }

    func facts(of key: ObjectKey) throws(ObjectStoreError) -> ObjectFacts? {
        var status = stat()
        if lstat(place(of: key), &status) == 0 { return status.st_mode & S_IFMT == S_IFREG ? Self.facts(key, status) : nil }
        guard errno == ENOENT || errno == ENOTDIR else { throw ObjectStoreError("look at", key.text, code: errno) }
        try requireStore()
        return nil
    }

    /// Also removes the folders that are empty then.
    func delete(_ key: ObjectKey) throws(ObjectStoreError) {
        guard try facts(of: key) != nil else { return }
        guard unlink(place(of: key)) == 0 || errno == ENOENT else { throw ObjectStoreError("delete", key.text, code: errno) }
        try syncFolder(above: key)
        var names = key.text.split(separator: "/").dropLast()
        while !names.isEmpty, rmdir(path + "/" + names.joined(separator: "/")) == 0 { names.removeLast() }
    }

    static func facts(_ key: ObjectKey, _ status: stat) -> ObjectFacts {
        let time = status.st_mtim
        let etag = [
            UInt64(status.st_ino), UInt64(bitPattern: Int64(time.tv_sec)), UInt64(bitPattern: Int64(time.tv_nsec)),
            UInt64(bitPattern: Int64(status.st_size)),
        ]
        .map { String($0, radix: 36) }.joined(separator: "-")
        return ObjectFacts(key: key, size: Int(status.st_size), etag: etag)
    }
}
