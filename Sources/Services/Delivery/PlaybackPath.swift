/// A signed path: `/s/<expires>.<key id>.<session>.<signature>/<asset>/<hash>/<file>`.
///
/// The signature covers the folder, so every relative address of a playlist inherits it, and the edge keeps one copy for all tokens.
struct PlaybackPath: Sendable, Equatable {
    /// Unix seconds.
    let expires: Int64
    let keyID: String
    let session: String
    /// base64url of HMAC-SHA-256 over `signedText`.
    let signature: String
    let asset: String
    let hash: String

    /// What is signed: `<expires>.<key id>.<session>/<asset>/<hash>`.
    static func signedText(expires: Int64, keyID: String, session: String, asset: String, hash: String) -> String {
        "\(expires).\(keyID).\(session)/\(asset)/\(hash)"
    }

    /// The folder's path, with a slash at its end.
    var folder: String { "/s/\(expires).\(keyID).\(session).\(signature)/\(asset)/\(hash)/" }

    init(expires: Int64, keyID: String, session: String, signature: String, asset: String, hash: String) {
        self.expires = expires
        self.keyID = keyID
        self.session = session
        self.signature = signature
        self.asset = asset
        self.hash = hash
    }

    /// From the segments of a request's path; nil when the token does not have the four parts, or a name is none of ours.
    init?(token: String, asset: String, hash: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 300, parts.count == 4, let expires = Int64(parts[0]), expires > 0, String(expires) == parts[0],
              [parts[1], parts[2], parts[3], asset[...], hash[...]].allSatisfy(Self.isPlain)
        else { return nil }
        self.init(
            expires: expires, keyID: String(parts[1]), session: String(parts[2]), signature: String(parts[3]), asset: asset, hash: hash)
    }

    /// Letters, digits, dashes and underscores: what one place holds cannot become a part of the next.
    private static func isPlain(_ name: Substring) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }
}
