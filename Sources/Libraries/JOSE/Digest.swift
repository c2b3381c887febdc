internal import CJOSE

/// SHA-256 by libcrypto, which libcjose stands on: for thumbprints and fingerprints.
enum Digest {
    // Every thread may use an EVP_MD at once; it is never freed.
    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let found = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("libcrypto has no SHA-256") }
        return found
    }()

    /// The 32-byte digest of the UTF-8 of `text`.
    static func sha256(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { bytes in
            [UInt8](unsafeUninitializedCapacity: 32) { output, count in
                let done = EVP_Digest(bytes.baseAddress, bytes.count, output.baseAddress, nil, algorithm, nil)
                precondition(done == 1, "libcrypto made no SHA-256 digest")
                count = 32
            }
        }
    }
}
