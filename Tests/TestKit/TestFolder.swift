import Glibc

/// An empty folder below /tmp, removed with all that is in it when the object goes.
public final class TestFolder: Sendable {
    /// Without a slash at its end.
    public let path: String

    public init() throws {
        var template = Array("/tmp/lyceum-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestProgram.Failure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    deinit {
        remove(path)
    }

    /// Links are removed, not followed.
    private func remove(_ path: String) {
        if Glibc.unlink(path) == 0 { return }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }

    /// Names in a folder, this one unless told otherwise, in order.
    public func names(in folder: String? = nil) -> [String] {
        guard let directory = opendir(folder ?? path) else { return [] }
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
