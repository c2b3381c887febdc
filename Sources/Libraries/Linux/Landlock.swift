internal import CLinux
import Glibc

/// The kernel's file rules for a thread and all that it starts: what is not named cannot be opened, whoever the user is.
///
/// Descriptors that are open already stay usable. https://docs.kernel.org/userspace-api/landlock.html
struct Landlock {
    /// Version of the interface in this kernel; nil where Landlock is not built in or not switched on.
    static var version: Int? {
        let version = linux_landlock_version()
        return version > 0 ? Int(version) : nil
    }

    private enum Right {
        static let writeFile: UInt64 = 1 << 1, readFile: UInt64 = 1 << 2, readFolder: UInt64 = 1 << 3
        static let removeFile: UInt64 = 1 << 5, makeFile: UInt64 = 1 << 8, truncate: UInt64 = 1 << 14
        /// All that a version knows: 13 at first, then moving between folders (2), truncating (3), ioctl on devices (5).
        static func all(_ version: Int) -> UInt64 { (1 << (version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13)) - 1 }
        static let read = readFile | readFolder
        static let readAndWrite = read | writeFile | removeFile | makeFile | truncate
        /// Those that make sense for a single file.
        static let ofFiles = writeFile | readFile | truncate
    }

    private let ruleset: CInt
    private let handled: UInt64

    /// Handles every right this kernel knows: nothing is allowed until `allow`. From version 4 no TCP, from 6 no signal and no abstract socket to
    /// the outside.
    static func make(version: Int) throws(LinuxError) -> Landlock {
        var rules = linux_landlock_ruleset(filesystem: Right.all(version), network: version >= 4 ? 3 : 0, scope: version >= 6 ? 3 : 0)
        let size = version >= 6 ? 24 : version >= 4 ? 16 : 8
        let ruleset = linux_landlock_create(&rules, size)
        guard ruleset >= 0 else { throw LinuxError("landlock_create_ruleset") }
        return Landlock(ruleset: ruleset, handled: rules.filesystem)
    }

    func allowReading(_ path: String) throws(LinuxError) { try allow(path, Right.read) }
    func allowWriting(_ path: String) throws(LinuxError) { try allow(path, Right.readAndWrite) }

    private func allow(_ path: String, _ rights: UInt64) throws(LinuxError) {
        let descriptor = linux_open_path(path)
        guard descriptor >= 0 else { throw LinuxError("open \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw LinuxError("fstat \(path)") }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        var rule = linux_landlock_path(access: rights & handled & (isFolder ? .max : Right.ofFiles), descriptor: descriptor)
        guard linux_landlock_allow(ruleset, &rule) == 0 else { throw LinuxError("landlock_add_rule \(path)") }
    }

    /// From here on. Ends the ruleset's descriptor.
    consuming func enforce() throws(LinuxError) {
        defer { close(ruleset) }
        guard linux_landlock_restrict(ruleset) == 0 else { throw LinuxError("landlock_restrict_self") }
    }
}
