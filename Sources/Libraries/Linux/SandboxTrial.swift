internal import CLinux
import Glibc

/// A thing that must not work inside a sandbox, tried.
public struct SandboxTrial: Sendable, Hashable {
    /// What was tried.
    public let attempt: String
    /// `errno` of the refusal; nil when it worked.
    public let refusal: CInt?
    public var isRefused: Bool { refusal != nil }
    /// The refusal in the system's words.
    public var outcome: String { refusal.map { String(cString: strerror($0)) } ?? "worked" }

    /// Tries the ways out from where it is called: what a decoder taken over by a crafted file would try. Where nothing holds it back it leaves
    /// no trace but one: the calling thread then has a mount namespace of its own. `sibling` is a file beside the input, `outside` a path that does
    /// not exist in a folder that is not the job's.
    public static func all(sibling: String, outside: String) -> [SandboxTrial] {
        [
            trial("read /etc/passwd") { opened(open("/etc/passwd", O_RDONLY)) },
            trial("read a file beside the input") { opened(open(sibling, O_RDONLY)) },
            trial("write outside the output folder") { opened(open(outside, O_WRONLY | O_CREAT, 0o600)) { unlink(outside) } },
            trial("link a file into reach") {
                symlink("/etc/passwd", outside) == 0
                    ? {
                        unlink(outside); return true
                    }() : false
            },
            trial("open a network connection") { opened(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) },
            trial("open a local socket") { opened(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)) },
            trial("start another program") { started() },
            trial("signal the parent") { kill(getppid(), 0) == 0 },
            trial("leave its namespaces") { linux_unshare_files() == 0 },
        ] + numbered.map { attempt, number in trial(attempt) { linux_is_taken(number) } }
    }

    /// What could be done to files by calls that may be known by their numbers alone: whether the kernel takes them at all.
    private static let numbered: [(String, CLong)] = [
        ("change the mode of a file by call 452", 452), ("set an attribute of a file by call 463", 463),
        ("remove an attribute of a file by call 466", 466), ("change the flags of a file by call 469", 469),
    ]

    private static func trial(_ attempt: String, _ body: () -> Bool) -> SandboxTrial {
        errno = 0
        let worked = body()
        return SandboxTrial(attempt: attempt, refusal: worked ? nil : errno)
    }

    private static func opened(_ descriptor: CInt, then undo: () -> Void = {}) -> Bool {
        guard descriptor >= 0 else { return false }
        close(descriptor)
        undo()
        return true
    }

    private static func started() -> Bool {
        var child = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        let code = posix_spawn(&child, "/bin/true", nil, nil, &arguments, nil)
        guard code == 0 else { errno = code; return false }
        var status: CInt = 0
        waitpid(child, &status, 0)
        return true
    }
}
