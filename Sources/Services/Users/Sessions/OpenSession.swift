import Kit
import Telemetry

/// Opens a session: an access token that every service can check by itself, and a refresh token of which we keep the hash alone.
struct OpenSession: Sendable {
    /// Without a refresh for so long the session is over.
    static let refreshSeconds = 30.0 * 86_400

    let sessions: any SessionStore
    let issuer: JOSETokenIssuer
    let clock: WallClock

    func callAsFunction(for user: User, device: String) async throws -> SessionTokens {
        let now = clock.now()
        let family = SessionID()
        let (token, session) = Self.next(in: family, device: device, at: now)
        try await sessions.open(session, of: user.id, at: now)
        return try tokens(for: user, family: family, refreshToken: token, at: now)
    }

    func tokens(for user: User, family: SessionID, refreshToken: String, at now: Timestamp) throws -> SessionTokens {
        let access = AccessToken(user: user.id, roles: user.roles, sessionID: family.description, now: now)
        return SessionTokens(
            accessToken: try issuer.sign(access), expiresIn: Int(access.expiresAt - access.issuedAt), refreshToken: refreshToken, user: user)
    }

    /// A refresh token and what is kept of it.
    static func next(in family: SessionID, device: String, at now: Timestamp) -> (token: String, session: NewSession) {
        let token = OpenSSLSecrets.token()
        let session = NewSession(
            id: SessionID(), family: family, tokenHash: OpenSSLSecrets.hash(token), device: String(device.prefix(200)),
            expiresAt: now.adding(seconds: refreshSeconds))
        return (token, session)
    }
}
