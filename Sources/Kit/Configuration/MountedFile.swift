import Glibc
internal import Loop

/// A small file that configuration names: a mounted secret, a key. Read at the start of a process; keys now and then again, by `aside`.
public enum MountedFile {
    /// Why a file was not read.
    public struct ReadError: Error, Sendable, CustomStringConvertible {
        /// As the system says it.
        public let description: String
    }
    /// Past this a file is no configuration.
    public static let limit = 1 << 20

    /// The bytes of the file; throws `ReadError` when it cannot be read or is longer than `limit`.
    @Sendable public static func read(_ path: String) throws(ReadError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReadError(description: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw ReadError(description: String(cString: strerror(errno)))
            }
            content += piece[..<count]
            guard content.count <= limit else { throw ReadError(description: "longer than \(limit) bytes") }
        }
    }

    /// Reads beside what a process serves: `body`, which may block, runs on the one thread that is for this. Throws what it throws, and what `Workers.run`
    /// does.
    public static func aside<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R { try await reader.run { _ in try body() } }

    private static let reader = Workers<Void>(threads: 1, waiting: 256, name: "mounted-files") { () }

    /// The names of what is in a folder, in no order; throws `ReadError` when it cannot be read.
    public static func names(in folder: String) throws(ReadError) -> [String] {
        guard let directory = opendir(folder) else { throw ReadError(description: String(cString: strerror(errno))) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }
}
