/// How a signed path is built: `/s/<expires>.<key id>.<session>.<signature>/<asset>/<hash>/<file>`.
/// The signature covers the folder, so every relative address of a playlist inherits it, and the edge can keep one copy for all tokens.
public struct PlaybackPath: Sendable, Equatable {
    /// Unix seconds.
    public let expires: Int64
    public let keyID: String
    public let session: String
    /// base64url of HMAC-SHA-256 over `signedText`.
    public let signature: String
    public let asset: String
    public let hash: String
    /// Plain name, or empty for the folder.
    public let file: String

    public init(expires: Int64, keyID: String, session: String, signature: String, asset: String, hash: String, file: String) {
        self.expires = expires
        self.keyID = keyID
        self.session = session
        self.signature = signature
        self.asset = asset
        self.hash = hash
        self.file = file
    }

    /// What is signed: `<expires>.<key id>.<session>/<asset>/<hash>`.
    public static func signedText(expires: Int64, keyID: String, session: String, asset: String, hash: String) -> String {
        "\(expires).\(keyID).\(session)/\(asset)/\(hash)"
    }

    public var path: String { "/s/\(expires).\(keyID).\(session).\(signature)/\(asset)/\(hash)/\(file)" }
}
