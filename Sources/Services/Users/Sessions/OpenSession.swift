import Kit
import Telemetry

/// Opens a session: an access token that every service can check by itself, and a refresh token of which we keep the hash alone.
struct OpenSession: Sendable {
    /// Without a refresh for so long the session is over.
    static let refreshSeconds = 30.0 * 86_400

    let sessions: any SessionStore
    let issuer: JOSETokenIssuer
    let clock: WallClock

    /// For a user who has signed in from this address.
    func callAsFunction(for user: User, address addressHash: [UInt8], device: String) async throws -> SessionTokens {
        let now = clock.now()
        let family = SessionID()
        let token = OpenSSLSecrets.token()
        try await sessions.open(Self.session(of: token, in: family, device: device, at: now), of: user.id, address: addressHash, at: now)
        return try await tokens(for: user, family: family, refreshToken: token, at: now)
    }

    func tokens(for user: User, family: SessionID, refreshToken: String, at now: Timestamp) async throws -> SessionTokens {
        let access = AccessToken(user: user.id, roles: user.roles, sessionID: family.description, now: now)
        return SessionTokens(
            accessToken: try await issuer.sign(access), expiresIn: Int(access.expiresAt - access.issuedAt), refreshToken: refreshToken, user: user)
    }

    /// What is kept of a refresh token.
    static func session(of token: String, in family: SessionID, device: String, at now: Timestamp) -> NewSession {
        NewSession(
            id: SessionID(), family: family, tokenHash: OpenSSLSecrets.hash(token), device: String(device.prefix(200)),
            expiresAt: now.adding(seconds: refreshSeconds))
    }
}
