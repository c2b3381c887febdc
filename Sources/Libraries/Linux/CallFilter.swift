internal import CLinux
import Glibc

/// System calls that a thread, and all that it starts, can no longer make (seccomp).
///
/// A list of what is refused: the decoders and the runtime beneath them need too many others to name, and change them with every release.
enum CallFilter {
    /// Calls that no decoder needs, each a way out: to the network, to other processes, to a new program, to mounts, to the kernel.
    static let refused: [String] = [
        "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
        "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
        "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "kcmp",
        "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
        "unshare", "setns", "symlink", "symlinkat", "link", "linkat", "mknod", "mknodat", "open_by_handle_at", "name_to_handle_at",
        "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat",
        "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "utime", "utimes", "utimensat", "futimesat",
        "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "fanotify_init", "quotactl", "quotactl_fd",
        "keyctl", "add_key", "request_key", "shmget", "shmat", "msgget", "semget", "mq_open", "memfd_secret",
        "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "swapon", "swapoff", "acct", "syslog",
        "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname", "iopl", "ioperm", "modify_ldt", "personality",
        "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset",
    ]

    /// Numbers of calls that are younger than the list above and than the library that knows names: changing modes (`fchmodat2`, 452) and attributes
    /// (`setxattrat`, 463, `removexattrat`, 466, `file_setattr`, 469) are among them, and what comes after them is not known yet. To this process the
    /// kernel is one that does not have them. All processors number calls alike from 424 on.
    static let unknown: ClosedRange<CInt> = 451...511

    /// Puts the filter on this thread and those it will start. Needs `no_new_privs` or privileges.
    static func apply() throws(LinuxError) {
        guard let filter = seccomp_init(linux_filter_allow()) else { throw LinuxError("seccomp_init", code: ENOMEM) }
        defer { seccomp_release(filter) }
        for name in refused {
            let number = seccomp_syscall_resolve_name(name)
            // This processor has no such call: those that only the library does not know have numbers below.
            if number < 0 { continue }
            try add(filter, name, number, EPERM, [])
        }
        for number in unknown { try add(filter, "call \(number)", number, ENOSYS, []) }
        // Threads are started, processes are not. glibc falls back to `clone`, whose flags can be looked at.
        try add(filter, "clone", seccomp_syscall_resolve_name("clone"), EPERM, [linux_when_bits_clear(0, linux_clone_thread)])
        let clone3 = seccomp_syscall_resolve_name("clone3")
        try add(filter, "clone3", clone3 >= 0 ? clone3 : 435, ENOSYS, [])
        // Signals and limits to itself (abort, pthread_kill, getrlimit), to nobody else.
        try add(filter, "tgkill", seccomp_syscall_resolve_name("tgkill"), EPERM, [linux_when_not(0, UInt64(getpid()))])
        try add(filter, "prlimit64", seccomp_syscall_resolve_name("prlimit64"), EPERM, [linux_when_not(0, 0)])
        let code = seccomp_load(filter)
        guard code == 0 else { throw LinuxError("seccomp_load", code: -code) }
    }

    private static func add(_ filter: scmp_filter_ctx, _ name: String, _ number: CInt, _ error: CInt, _ conditions: [scmp_arg_cmp]) throws(LinuxError)
    {
        let code = seccomp_rule_add_array(filter, linux_filter_refuse(error), number, CUnsignedInt(conditions.count), conditions)
        guard code == 0 else { throw LinuxError("seccomp_rule_add \(name)", code: -code) }
    }
}
