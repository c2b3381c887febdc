internal import COpenSSL
import JSON

/// Bytes nobody can guess, from libcrypto's generator (seeded by the kernel, safe across fork).
public enum Random {
    /// `count` random bytes. The process ends if there is no randomness to be had: nothing secret may be made without it.
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            fill(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: output[..<count])))
            initialized = count
        }
    }

    /// Random bytes for all of `memory`.
    static func fill(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress, !memory.isEmpty else { return }
        let made = RAND_bytes(start.assumingMemoryBound(to: UInt8.self), CInt(memory.count))
        guard made == 1 else { fatalError("the system has no random bytes") }
    }

    /// A random secret of `bytes` bytes as base64url text without padding: 43 characters for the 32 of a 256-bit token.
    public static func token(bytes count: Int = 32) -> String {
        Base64.url.encode(bytes(count))
    }
}
