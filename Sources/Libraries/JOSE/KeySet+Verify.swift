import JSON

extension KeySet {
    /// Bytes of the longest token that is looked at.
    public static let maximumTokenLength = 8192
    /// Bytes of the longest header, encoded: `alg`, `kid` and `typ` with room to spare.
    private static let maximumHeaderLength = 512

    /// The payload of a compact JWS that a key of this set signed with ES256 for the purpose `typ`.
    ///
    /// The header may have `alg`, `kid` and `typ` and nothing else: whatever would let a token choose its own key or meaning
    /// (RFC 8725) is refused before anything is computed. Costs some 80 µs; remember the answer by `TokenFingerprint`.
    public func verify(_ token: String, typ: String) throws(TokenRefusal) -> VerifiedToken {
        guard token.utf8.count <= Self.maximumTokenLength else { throw .tooLarge }
        let parts = token.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count <= Self.maximumHeaderLength else { throw .malformed }
        let key = try key(forHeader: parts[0], typ: typ)
        guard Base64.url.decode(parts[1]) != nil, let signature = Base64.url.decode(parts[2]), !signature.isEmpty else { throw .malformed }
        guard signature.count == 64, let payload = key.key.payload(of: token) else { throw .signature }
        return VerifiedToken(payload: payload, kid: key.kid)
    }

    private func key(forHeader part: Substring, typ: String) throws(TokenRefusal) -> PublicKey {
        guard let bytes = Base64.url.decode(part),
              let header = (try? JSONValue.parse(bytes, limits: JSONLimits(depth: 4, values: 32)))?.objectValue else { throw .malformed }
        guard header["alg"]?.stringValue == "ES256" else { throw .algorithm }
        guard header.allSatisfy({ ["alg", "kid", "typ"].contains($0.name) }), let kid = header["kid"]?.stringValue else { throw .header }
        guard header["typ"]?.stringValue == typ else { throw .type }
        guard let key = self[kid] else { throw .unknownKey }
        return key
    }
}
