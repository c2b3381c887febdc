#pragma once
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef O_PATH   // hidden without _GNU_SOURCE
#define O_PATH 010000000
#endif

// Landlock has no wrappers in the C library, and the kernel's header here is older than the kernel.
struct linux_landlock_ruleset { uint64_t filesystem, network, scope; };
struct linux_landlock_path { uint64_t access; int32_t descriptor; } __attribute__((packed));
static inline int linux_landlock_version(void) { return (int)syscall(444, 0, 0, 1U); }
static inline int linux_landlock_create(const struct linux_landlock_ruleset *rules, size_t size) { return (int)syscall(444, rules, size, 0U); }
static inline int linux_landlock_allow(int ruleset, const struct linux_landlock_path *path) { return (int)syscall(445, ruleset, 1, path, 0U); }
static inline int linux_landlock_restrict(int ruleset) { return (int)syscall(446, ruleset, 0U); }

// Variadic in C.
static inline int linux_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static inline int linux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
static inline int linux_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

// Macros with arguments.
static inline uint32_t linux_filter_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t linux_filter_refuse(int error) { return SCMP_ACT_ERRNO(error); }
static inline struct scmp_arg_cmp linux_when_not(unsigned argument, uint64_t value) { return SCMP_CMP(argument, SCMP_CMP_NE, value, 0); }
static inline struct scmp_arg_cmp linux_when_bits_clear(unsigned argument, uint64_t bits) { return SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, bits, 0); }
static const uint64_t linux_clone_thread = CLONE_THREAD;
// The calling thread alone leaves, when it may.
static inline int linux_unshare_files(void) { return (int)syscall(SYS_unshare, CLONE_NEWNS); }
// A call with arguments that are good for none: what says so knows the call.
static inline bool linux_is_taken(long number) { return syscall(number, -1, 0L, 0L, 0L, 0L, 0L) >= 0 || (errno != EPERM && errno != ENOSYS); }

// Enums in some dialects of these headers, integers in others.
static const int linux_limit_as = RLIMIT_AS, linux_limit_cpu = RLIMIT_CPU, linux_limit_fsize = RLIMIT_FSIZE, linux_limit_nofile = RLIMIT_NOFILE, linux_limit_core = RLIMIT_CORE;
static inline int linux_getrlimit(int resource, struct rlimit *limit) { return getrlimit(resource, limit); }
static inline int linux_setrlimit(int resource, const struct rlimit *limit) { return setrlimit(resource, limit); }
static inline void linux_usage(struct rusage *usage) { getrusage(RUSAGE_SELF, usage); }
