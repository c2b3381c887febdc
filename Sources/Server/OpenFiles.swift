import Glibc

/// How many descriptors this process may have open.
enum OpenFiles {
    /// Raises the limit in force to the one that this process may not pass: a connection is a descriptor, and what shells and supervisors allow at
    /// first, 1024, is for programs that use `select`. Returns the limit.
    @discardableResult
    static func raiseLimit() -> UInt64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return UInt64(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit.rlim_cur : before)
    }
}
