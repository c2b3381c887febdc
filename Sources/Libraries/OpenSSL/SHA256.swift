internal import COpenSSL

/// SHA-256 (FIPS 180-4), computed by libcrypto.
public enum SHA256 {
    /// Bytes in a digest.
    public static let byteCount = 32

    /// The algorithm, looked up once: libcrypto 3 otherwise searches its providers for every digest.
    fileprivate static let algorithm = Algorithm()

    /// The 32-byte digest of `bytes`.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { digest($0) }
    }

    /// The 32-byte digest of the UTF-8 of `text`.
    public static func digest(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { digest(UnsafeRawBufferPointer($0)) }
    }

    /// The 32-byte digest of memory that the caller keeps alive for the call.
    public static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            let done = EVP_Digest(bytes.baseAddress, bytes.count, output.baseAddress, nil, algorithm.raw, nil)
            precondition(done == 1, "libcrypto made no SHA-256 digest")
            count = byteCount
        }
    }

    /// A digest of what comes in pieces (an upload, a file): made once, fed, finished. One owner, no copies.
    public struct Hasher: ~Copyable {
        private let context: OpaquePointer

        /// A hasher that has seen nothing yet.
        public init() {
            guard let context = EVP_MD_CTX_new() else { fatalError("libcrypto has no memory for a digest") }
            self.context = context
            precondition(EVP_DigestInit_ex(context, algorithm.raw, nil) == 1, "libcrypto does not start SHA-256")
        }

        deinit { EVP_MD_CTX_free(context) }

        /// Takes in the next bytes.
        public mutating func update(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { update($0) }
        }

        /// Takes in the next bytes, from memory that the caller keeps alive for the call.
        public mutating func update(_ bytes: UnsafeRawBufferPointer) {
            precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "libcrypto refuses bytes for SHA-256")
        }

        /// The 32-byte digest of all that was taken in. The hasher is used up.
        public consuming func finish() -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
                precondition(EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1, "libcrypto does not finish SHA-256")
                count = byteCount
            }
        }
    }
}

/// An `EVP_MD`, which libcrypto allows every thread to use at once; it is never freed.
private struct Algorithm: @unchecked Sendable {
    let raw: OpaquePointer

    init() {
        guard let raw = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("libcrypto has no SHA-256") }
        self.raw = raw
    }
}
