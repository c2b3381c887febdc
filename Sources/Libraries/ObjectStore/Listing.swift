import Glibc

/// A walk over the folders of a store in the order of keys, no further than it must. Blocking.
struct Listing {
    let root: String
    let prefix: String
    let after: ObjectKey?
    let limit: Int
    private var found: [ObjectFacts] = []

    init(root: String, prefix: String, after: ObjectKey?, limit: Int) {
        self.root = root
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    /// One more than wanted is looked for, so that the end is known.
    func page() throws(ObjectStoreError) -> ObjectPage {
        var walk = self
        try walk.visit("")
        let objects = Array(walk.found.prefix(limit))
        return ObjectPage(objects: objects, next: walk.found.count > limit ? objects.last?.key : nil)
    }

    /// `folder` is empty or ends in a slash.
    private mutating func visit(_ folder: String) throws(ObjectStoreError) {
        for name in try names(in: folder) where found.count <= limit {
            let text = folder + name.text
            if name.isFolder {
                if mayHold(text + "/") { try visit(text + "/") }
            } else if text.hasPrefix(prefix), let key = ObjectKey(text), after.map({ $0 < key }) ?? true {
                if let facts = facts(key) { found.append(facts) }
            }
        }
    }

    /// Whether a key below `folder` can begin with the prefix and come after `after`.
    private func mayHold(_ folder: String) -> Bool {
        guard folder.hasPrefix(prefix) || prefix.hasPrefix(folder) else { return false }
        guard let after else { return true }
        return after.text.hasPrefix(folder) || after.text.utf8.lexicographicallyPrecedes(folder.utf8)
    }

    /// In the order of the keys that come of them: a folder counts with its slash. One that is gone meanwhile is empty.
    private func names(in folder: String) throws(ObjectStoreError) -> [(text: String, isFolder: Bool)] {
        guard let directory = opendir(root + "/" + folder) else {
            if errno == ENOENT { return [] }
            throw ObjectStoreError("list", folder, code: errno)
        }
        defer { closedir(directory) }
        var names: [(text: String, isFolder: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            guard ObjectKey.isName(name) else { continue }
            if let isFolder = isFolder(entry.pointee.d_type, folder + name) { names.append((name, isFolder)) }
        }
        return names.sorted { ($0.text + ($0.isFolder ? "/" : "")).utf8.lexicographicallyPrecedes(($1.text + ($1.isFolder ? "/" : "")).utf8) }
    }

    /// Nil for what is neither a folder nor a file. Not every file system says it in the listing.
    private func isFolder(_ kind: UInt8, _ name: String) -> Bool? {
        switch Int(kind) {
        case DT_DIR: return true
        case DT_REG: return false
        case DT_UNKNOWN:
            var status = stat()
            guard lstat(root + "/" + name, &status) == 0 else { return nil }
            return status.st_mode & S_IFMT == S_IFDIR ? true : status.st_mode & S_IFMT == S_IFREG ? false : nil
        default: return nil
        }
    }

    private func facts(_ key: ObjectKey) -> ObjectFacts? {
        var status = stat()
        guard lstat(root + "/" + key.text, &status) == 0 else { return nil }
        return Folder.facts(key, status)
    }
}
