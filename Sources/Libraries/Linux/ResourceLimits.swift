internal import CLinux
import Glibc

/// What a process may use up before the kernel says no. Nil leaves a limit as it is; limits only ever go down.
public struct ResourceLimits: Sendable, Hashable {
    /// Bytes of address space; beyond it an allocation fails.
    public var addressSpace: Int?
    /// Seconds of CPU; SIGXCPU there, SIGKILL two seconds later.
    public var cpuSeconds: Int?
    /// Bytes of any one file written; SIGXFSZ there.
    public var fileSize: Int?
    public var openFiles: Int?
    /// No core file, which would hold what the process was reading.
    public var forbidsCore = true

    public init(addressSpace: Int? = nil, cpuSeconds: Int? = nil, fileSize: Int? = nil, openFiles: Int? = nil) {
        self.addressSpace = addressSpace
        self.cpuSeconds = cpuSeconds
        self.fileSize = fileSize
        self.openFiles = openFiles
    }

    /// Sets them for the whole process.
    public func apply() throws(LinuxError) {
        try set(linux_limit_as, addressSpace, named: "RLIMIT_AS")
        try set(linux_limit_cpu, cpuSeconds, hard: cpuSeconds.map { $0 + 2 }, named: "RLIMIT_CPU")
        try set(linux_limit_fsize, fileSize, named: "RLIMIT_FSIZE")
        try set(linux_limit_nofile, openFiles, named: "RLIMIT_NOFILE")
        if forbidsCore { try set(linux_limit_core, 0, named: "RLIMIT_CORE") }
    }

    private func set(_ resource: CInt, _ value: Int?, hard: Int? = nil, named name: String) throws(LinuxError) {
        guard let value else { return }
        var current = rlimit()
        guard linux_getrlimit(resource, &current) == 0 else { throw LinuxError("getrlimit \(name)") }
        let ceiling = min(current.rlim_max, rlim_t(hard ?? value))
        var wanted = rlimit(rlim_cur: min(rlim_t(value), ceiling), rlim_max: ceiling)
        guard linux_setrlimit(resource, &wanted) == 0 else { throw LinuxError("setrlimit \(name)") }
    }
}

/// What this process has used up so far.
public struct ResourceUsage: Sendable, Hashable {
    public let cpuSeconds: Double
    public let peakResidentBytes: Int

    public static var now: ResourceUsage {
        var usage = rusage()
        linux_usage(&usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        return ResourceUsage(cpuSeconds: seconds, peakResidentBytes: Int(usage.ru_maxrss) * 1024)
    }
}
