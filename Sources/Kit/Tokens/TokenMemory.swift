import JOSE

/// Who sent a verified token, until it expires or its key goes.
struct TokenMemory {
    /// What kind of keys: those of users' tokens, or those of services'.
    enum Kind { case user, service }

    struct Remembered {
        let principal: Principal
        /// The second from which on the token is worth nothing.
        let until: Int
        /// The key that signed it.
        let kid: String
    }

    private var tokens: BoundedMemory<TokenFingerprint, Remembered>
    private var kids: [Kind: Set<String>] = [:]

    init(limit: Int) { tokens = BoundedMemory(limit: limit) }

    /// Who sent the token, if it has been seen and is good at `seconds`.
    mutating func principal(of token: TokenFingerprint, at seconds: Int) -> Principal? {
        guard let found = tokens.value(for: token), seconds < found.until else { return nil }
        return found.principal
    }

    /// Remembers a token, unless its key went while it was verified.
    mutating func set(_ remembered: Remembered, for token: TokenFingerprint, _ kind: Kind) {
        guard kids[kind]?.contains(remembered.kid) == true else { return }
        tokens.set(remembered, for: token)
    }

    /// These are the keys now. When one has gone, all tokens are looked at again: that is rare, and costs each 80 µs.
    mutating func keys(are now: KeySet, _ kind: Kind) {
        let now = Set(now.keys.map(\.kid))
        if let before = kids[kind], !before.isSubset(of: now) { tokens.removeAll() }
        kids[kind] = now
    }
}
