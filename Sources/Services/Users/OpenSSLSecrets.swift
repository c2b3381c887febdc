import OpenSSL

/// Secrets that are handed out once, and what is kept of them.
enum OpenSSLSecrets {
    /// 256 random bits as 43 characters.
    static func token() -> String { Random.token() }
    /// What a store keeps of a secret with so many bits: no salt or stretching is needed to hide it.
    static func hash(_ text: String) -> [UInt8] { SHA256.digest(text) }
}
