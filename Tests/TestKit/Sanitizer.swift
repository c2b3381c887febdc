import Glibc

/// Whether a sanitizer is built into this test (`make sanitize`). It maps terabytes for itself: the address space of a process cannot be limited then.
public let isSanitized: Bool = {
    let runtimes: [String] = ["__asan_init", "__tsan_init"]
    return runtimes.contains { dlsym(nil, $0) != nil }
}()
