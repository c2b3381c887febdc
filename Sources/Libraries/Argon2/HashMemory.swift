internal import CArgon2
import Glibc

/// Where one hash works: in huge pages where the system has them. argon2id reads all over its memory, and with small pages a quarter of its time goes into
/// making and finding them. It comes from the system and goes back to it, whatever the program's allocator would keep.
enum HashMemory {
    private static let hugePage = 2 << 20

    /// For `argon2_context.allocate_cbk`.
    static let allocate: @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, Int) -> CInt = { memory, count in
        let start = mmap(nil, HashMemory.rounded(count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else { return ARGON2_MEMORY_ALLOCATION_ERROR.rawValue }
        // Advice: a system without huge pages gives small ones.
        _ = madvise(start, HashMemory.rounded(count), CInt(MADV_HUGEPAGE))
        memory?.pointee = start.assumingMemoryBound(to: UInt8.self)
        return ARGON2_OK.rawValue
    }

    /// For `argon2_context.free_cbk`; libargon2 has wiped it.
    static let free: @convention(c) (UnsafeMutablePointer<UInt8>?, Int) -> Void = { memory, count in
        munmap(memory, HashMemory.rounded(count))
    }

    /// Whole huge pages.
    private static func rounded(_ count: Int) -> Int { (count + hugePage - 1) / hugePage * hugePage }
}
