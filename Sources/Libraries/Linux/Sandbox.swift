internal import CLinux
import Glibc

/// What a process that reads strangers' bytes is left with: named folders, its own memory, and no way to others.
///
/// `enter` binds the calling thread and everything it starts afterwards, for good: call it from the one thread of a fresh process.
public struct Sandbox: Sendable, Hashable {
    /// Files and folders that may be read. One that does not exist is passed over.
    public var readable: [String]
    /// Folders in which files may be made, read, written, renamed and removed.
    public var writable: [String]

    public init(readable: [String] = Sandbox.systemFiles, writable: [String] = []) {
        self.readable = readable
        self.writable = writable
    }

    /// What libraries open behind one's back: their own code, the loader's cache, time zones, randomness, what the machine is.
    public static let systemFiles = [
        "/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/proc/cpuinfo",
        "/proc/meminfo", "/sys/devices/system/cpu",
    ]

    /// What was put in place.
    public struct Confinement: Sendable, Hashable {
        /// Version of Landlock in this kernel; nil when there is none, and files are then guarded by permissions alone.
        public let landlockVersion: Int?
    }

    /// Gives up privileges to come, the file system and the calls; cannot be taken back.
    ///
    /// Where the kernel has no Landlock the rest still holds: the caller is told, and should say so loudly.
    public func enter() throws(LinuxError) -> Confinement {
        guard linux_no_new_privileges() == 0 else { throw LinuxError("PR_SET_NO_NEW_PRIVS") }
        let version = Landlock.version
        if let version {
            let landlock = try Landlock.make(version: version)
            for path in readable where access(path, F_OK) == 0 { try landlock.allowReading(path) }
            for path in writable { try landlock.allowWriting(path) }
            try landlock.enforce()
        }
        try CallFilter.apply()
        return Confinement(landlockVersion: version)
    }
}

extension Sandbox {
    /// The kernel ends this process when its parent ends; throws when the parent is gone already.
    public static func dieWithParent(_ parent: Int) throws(LinuxError) {
        guard linux_die_with_parent(SIGKILL) == 0 else { throw LinuxError("PR_SET_PDEATHSIG") }
        guard Int(getppid()) == parent else { throw LinuxError("the parent is gone", code: ESRCH) }
    }
}
