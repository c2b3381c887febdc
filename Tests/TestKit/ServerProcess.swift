public import Glibc

/// A server of a test's own: started with its output thrown away, ended by its process id, and at the latest with this object.
public final class ServerProcess: @unchecked Sendable {   // immutable but for `isOver`, which only `end` and `deinit` touch
    /// Its process id.
    public let id: pid_t
    private var isOver = false

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    /// Starts the program at `path`, or the one of that name in `PATH`.
    public init(_ path: String, _ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor in 1...2 { posix_spawn_file_actions_addopen(&actions, CInt(descriptor), "/dev/null", O_WRONLY, 0) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        let failure = posix_spawnp(&id, path, &actions, nil, &words, environ)
        guard failure == 0 else { throw Failure("\(path): \(String(cString: strerror(failure)))") }
        self.id = id
    }

    deinit { end() }

    /// Makes it hang, as a machine without a moment to spare does, and returns when it does.
    public func pause() {
        kill(id, SIGSTOP)
        var status = CInt(0)
        while waitpid(id, &status, WUNTRACED) == -1 && errno == EINTR {}
    }

    /// Lets it go on.
    public func resume() { kill(id, SIGCONT) }

    /// Kills it and waits until it is gone. A second call does nothing.
    public func end(_ signal: CInt = SIGKILL) {
        guard !isOver else { return }
        isOver = true
        kill(id, signal)
        if signal != SIGKILL { kill(id, SIGCONT) }
        var status = CInt(0)
        while waitpid(id, &status, 0) == -1 && errno == EINTR {}
    }
}
