internal import COpenSSL

/// Keyed digests (RFC 2104), computed by libcrypto.
public enum HMAC {
    /// The 32-byte HMAC-SHA256 of `bytes` under `key`. Compare it with `constantTimeEquals`, never with `==`.
    public static func sha256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { sha256($0, key: key) }
    }

    /// The 32-byte HMAC-SHA256 of the UTF-8 of `text` under `key`.
    public static func sha256(_ text: String, key: [UInt8]) -> [UInt8] {
        var text = text
        return text.withUTF8 { sha256(UnsafeRawBufferPointer($0), key: key) }
    }

    /// The 32-byte HMAC-SHA256 of memory that the caller keeps alive for the call.
    public static func sha256(_ bytes: UnsafeRawBufferPointer, key: [UInt8]) -> [UInt8] {
        // libcrypto takes a null key for "the key of before"; an empty key is a key, so it needs an address.
        (key.isEmpty ? [0] : key).withUnsafeBytes { keyBytes in
            [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { output, count in
                var written: UInt32 = 0
                let made = COpenSSL.HMAC(
                    EVP_sha256(), keyBytes.baseAddress, CInt(key.count),
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, output.baseAddress, &written)
                precondition(made != nil && written == SHA256.byteCount, "libcrypto made no HMAC-SHA256")
                count = SHA256.byteCount
            }
        }
    }
}
