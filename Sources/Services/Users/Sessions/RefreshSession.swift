import Kit
import Telemetry

/// New tokens for a refresh token, which works once (RFC 9700, 4.14.2).
struct RefreshSession: Sendable {
    let sessions: any SessionStore
    let open: OpenSession
    let clock: WallClock
    let log: Log

    func callAsFunction(_ token: String, device: String) async throws -> SessionTokens {
        let now = clock.now()
        let next = OpenSSLSecrets.token()
        let rotation = try await sessions.rotate(
            OpenSSLSecrets.hash(token), to: { OpenSession.session(of: next, in: $0, device: device, at: now) }, at: now)
        switch rotation {
        case .rotated(let user, let family):
            return try await open.tokens(for: user, family: family, refreshToken: next, at: now)
        case .reused(let user):
            log.warning("a refresh token was used twice: its session is ended", [("user", .string(user.description))])
            throw UsersError.badRefreshToken
        case .refused:
            throw UsersError.badRefreshToken
        }
    }
}
