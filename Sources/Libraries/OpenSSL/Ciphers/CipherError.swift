/// Why nothing was encrypted or decrypted.
public enum CipherError: Error, Sendable, Equatable {
    /// The key has not the length that the cipher takes.
    case keyLength(bytes: Int)
    /// The initialization vector has not the length of a block.
    case vectorLength(bytes: Int)
    /// What was decrypted does not end in PKCS#7 padding, or was no whole number of blocks: another key, another vector, or damage.
    case padding
}
