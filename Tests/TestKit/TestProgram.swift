import Glibc

/// A program run to its end by a test: what it printed and how it ended.
public struct TestProgram: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    /// What it wrote to standard output.
    public let output: [UInt8]
    /// What it wrote to standard error.
    public let errors: String
    /// Its exit status; 128 and the signal when one ended it.
    public let status: Int
    public var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs the program at `path`, or the one of that name in `PATH`. Blocking.
    public static func run(_ path: String, _ arguments: [String], package: String? = nil) throws -> TestProgram {
        guard let out = tmpfile(), let err = tmpfile() else { throw Failure("tmpfile: \(String(cString: strerror(errno)))") }
        defer { fclose(out); fclose(err) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, fileno(out), 1)
        posix_spawn_file_actions_adddup2(&actions, fileno(err), 2)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        let failure = posix_spawnp(&id, path, &actions, nil, &words, environ)
        guard failure == 0 else {
            throw Failure("\(path): \(String(cString: strerror(failure)))\(package.map { "; install the package \($0)" } ?? "")")
        }
        var status = CInt(0)
        while waitpid(id, &status, 0) == -1 && errno == EINTR {}
        let signal = status & 0x7F
        return TestProgram(
            output: contents(out), errors: String(decoding: contents(err), as: UTF8.self),
            status: signal == 0 ? Int(status >> 8 & 0xFF) : 128 + Int(signal))
    }

    private static func contents(_ stream: UnsafeMutablePointer<FILE>) -> [UInt8] {
        rewind(stream)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, stream)
            if count == 0 { return bytes }
            bytes += piece.prefix(count)
        }
    }
}
