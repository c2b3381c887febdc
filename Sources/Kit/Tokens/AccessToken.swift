public import JSON
public import Telemetry

/// What an access token of a user says: written by the users service, read by every service.
public struct AccessToken: Sendable, Hashable {
    /// `iss` of every access token.
    public static let issuer = "lyceum"
    /// `aud` of every access token.
    public static let audience = "lyceum-api"
    /// `typ` of its header (RFC 9068).
    public static let typ = "at+jwt"

    /// `sub`: the user.
    public let user: UserID
    /// `roles`
    public let roles: Set<Role>
    /// `sid`: the session that it was made for.
    public let sessionID: String?
    /// `iat` and `nbf`, whole seconds.
    public let issuedAt: Timestamp
    /// `exp`, whole seconds.
    public let expiresAt: Timestamp
    /// `jti`
    public let id: String

    /// A token for `lifetimeSeconds` from `now`.
    public init(
        user: UserID, roles: Set<Role>, sessionID: String?, now: Timestamp, lifetimeSeconds: Int = 600, id: String = UUID16.v7().description
    ) {
        self.user = user
        self.roles = roles
        self.sessionID = sessionID
        issuedAt = Timestamp(unixSeconds: now.unixSeconds)
        expiresAt = Timestamp(unixSeconds: now.unixSeconds + Int64(lifetimeSeconds))
        self.id = id
    }
}

extension AccessToken: JSONWritable {
    /// The claims, to be signed.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("iss", AccessToken.issuer)
        json.field("aud", AccessToken.audience)
        json.field("sub", user)
        json.field("iat", Int(issuedAt.unixSeconds))
        json.field("nbf", Int(issuedAt.unixSeconds))
        json.field("exp", Int(expiresAt.unixSeconds))
        json.field("jti", id)
        if let sessionID { json.field("sid", sessionID) }
        json.field("roles", roles.map(\.rawValue).sorted())
        json.endObject()
    }
}
