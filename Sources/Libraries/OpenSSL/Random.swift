internal import COpenSSL
import JSON

/// Bytes nobody can guess, from libcrypto's generator (seeded by the kernel, safe across fork).
public enum Random {
    /// `count` random bytes. The process ends if there is no randomness to be had: nothing secret may be made without it.
    public static func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            guard RAND_bytes(output.baseAddress, CInt(count)) == 1 else { fatalError("the system has no random bytes") }
            initialized = count
        }
    }

    /// A random secret of `bytes` bytes as base64url text without padding: 43 characters for the 32 of a 256-bit token.
    public static func token(bytes count: Int = 32) -> String {
        Base64.url.encode(bytes(count))
    }
}
