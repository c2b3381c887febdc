import Glibc
import Loop
import Synchronization

/// An empty folder below /tmp, removed with all that is in it when the object goes, or when the process ends (one that a static keeps).
public final class TestFolder: Sendable {
    /// Without a slash at its end.
    public let path: String

    public init() throws {
        var template = Array("/tmp/lyceum-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestProgram.Failure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
        let path = path
        let isFirst = Self.open.withLock { open in
            defer { open.insert(path) }
            return open.isEmpty && !Self.isRegistered.exchange(true, ordering: .relaxed)
        }
        if isFirst { atexit { for path in TestFolder.open.withLock({ $0 }) { TestFolder.remove(path) } } }
    }

    deinit {
        Self.remove(path)
        let path = path
        _ = Self.open.withLock { $0.remove(path) }
    }

    private static let open = Locked<Set<String>>([])
    private static let isRegistered = Atomic(false)

    /// Links are removed, not followed.
    private static func remove(_ path: String) {
        if Glibc.unlink(path) == 0 { return }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }

    /// Names in a folder, this one unless told otherwise, in order.
    public func names(in folder: String? = nil) -> [String] { Self.names(in: folder ?? path) }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Writes a file and gives its path.
    @discardableResult public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = path + "/" + name
        guard let stream = fopen(file, "w") else { throw TestProgram.Failure("\(file): \(String(cString: strerror(errno)))") }
        defer { fclose(stream) }
        let bytes = Array(bytes)
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw TestProgram.Failure("\(file) was not written") }
        return file
    }

    /// All bytes of a file, by its path.
    public static func read(_ file: String) throws -> [UInt8] {
        guard let stream = fopen(file, "r") else { throw TestProgram.Failure("\(file): \(String(cString: strerror(errno)))") }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, stream)
            if count == 0 { return bytes }
            bytes += piece.prefix(count)
        }
    }
}
