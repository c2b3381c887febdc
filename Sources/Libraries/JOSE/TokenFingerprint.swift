internal import CJOSE

/// The SHA-256 of a token's text: what a cache of verified tokens keeps in the token's place, so that a dump of it opens no door.
public struct TokenFingerprint: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The fingerprint of the whole token, signature included.
    public init(of token: String) {
        words = Digest.sha256(token).withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    /// Equal when the tokens are.
    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Feeds the first word: the digest is even enough for a table.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
