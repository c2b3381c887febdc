import Glibc
import Loop

/// Objects as files below one folder: for one machine, for development, for a volume that several mount.
///
/// A put writes a temporary file beside nothing else (`.tmp/` of the store), syncs it, renames it into place and syncs the folder.
/// The entity tag is the file's inode, time and size: every write of a key has another, whatever its bytes.
public final class DirectoryObjectStore: ObjectStore {
    private let root: Folder
    private let workers: Workers<Void>

    /// The folder is made when it does not exist. `threads` files are worked on at once; `waiting` calls may wait, the next gets
    /// `WorkersError.queueFull`.
    /// Throws `ObjectStoreError`. Blocking, once, at the start of a process.
    public init(path: String, threads: Int = 4, waiting: Int = 1024) throws {
        root = try Folder(path)
        workers = Workers(threads: threads, waiting: waiting, name: "objects") { () }
    }

    @discardableResult public func put(_ bytes: [UInt8], at key: ObjectKey) async throws -> ObjectFacts {
        try await workers.run { [root] _ in
            try root.put(at: key) { file throws(ObjectStoreError) in try file.write(bytes, key) }
        }
    }

    @discardableResult public func put(file path: String, at key: ObjectKey) async throws -> ObjectFacts {
        try await workers.run { [root] _ in
            let source = try File.open(path, key)
            return try root.put(at: key) { file throws(ObjectStoreError) in try file.copy(source, key) }
        }
    }

    public func get(_ key: ObjectKey, range: Range<Int>?, limit: Int) async throws -> [UInt8] {
        try await workers.run(mayLeave: true) { [root] _ in
            let (file, facts) = try root.open(key)
            let wanted = (range ?? 0..<facts.size).clamped(to: 0..<facts.size)
            if let range, wanted.isEmpty, !range.isEmpty { throw ObjectStoreError(.rangeNotSatisfiable, "get \(key): it has \(facts.size) bytes") }
            guard wanted.count <= limit else { throw ObjectStoreError(.tooLarge, "get \(key): \(wanted.count) bytes are more than \(limit)") }
            return try file.read(at: wanted.lowerBound, count: wanted.count, key)
        }
    }

    public func open(_ key: ObjectKey) async throws -> any OpenObject {
        try await workers.run(mayLeave: true) { [root, workers] _ in
            let (file, facts) = try root.open(key)
            return OpenFile(file, facts, workers)
        }
    }

    public func head(_ key: ObjectKey) async throws -> ObjectFacts? {
        try await workers.run(mayLeave: true) { [root] _ in try root.facts(of: key) }
    }

    public func delete(_ key: ObjectKey) async throws {
        try await workers.run { [root] _ in try root.delete(key) }
    }

    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        try await workers.run(mayLeave: true) { [root] _ in
            try root.requireStore()
            return try Listing(root: root.path, prefix: prefix, after: after, limit: min(max(1, limit), 1000)).page()
        }
    }
}

/// One file, open: its bytes stay although its key gets others.
private final class OpenFile: OpenObject {
    let facts: ObjectFacts
    private let file: File
    private let workers: Workers<Void>

    init(_ file: File, _ facts: ObjectFacts, _ workers: Workers<Void>) {
        self.file = file
        self.facts = facts
        self.workers = workers
    }

    func duplicateDescriptor() -> CInt? { file.duplicate() }

    func read(at offset: Int, count: Int) async throws -> [UInt8] {
        try await workers.run(mayLeave: true) { [file, facts] _ in
            let wanted = (offset..<(offset + max(0, count))).clamped(to: 0..<facts.size)
            return try file.read(at: wanted.lowerBound, count: wanted.count, facts.key)
        }
    }

    func pieces(of range: Range<Int>) async throws -> ObjectPieces {
        let left = Locked(range.clamped(to: 0..<facts.size))
        return { [self] in
            let next = left.withLock { left in
                defer { left = left.dropFirst(Self.pieceBytes) }
                return left.prefix(Self.pieceBytes)
            }
            return next.isEmpty ? nil : try await read(at: next.lowerBound, count: next.count)
        }
    }

    private static let pieceBytes = 256 << 10
}
