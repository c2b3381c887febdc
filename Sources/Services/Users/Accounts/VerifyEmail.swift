import Kit
import Telemetry
import UsersAPI

/// Confirms e-mail addresses: a token goes into a mail, its hash into the store, and it works once.
struct VerifyEmail: Sendable {
    static let lifetimeSeconds = 86_400.0

    let users: any UserStore
    let clock: WallClock

    /// A token for the mail to this user, with whom to send it to; nil when no account waits for confirmation.
    func start(for user: UserID) async throws -> UserVerification? {
        let token = OpenSSLSecrets.token()
        let now = clock.now()
        let contact = try await users.keepVerificationToken(
            OpenSSLSecrets.hash(token), of: user, until: now.adding(seconds: Self.lifetimeSeconds), at: now)
        return contact.map { UserVerification(contact: $0, token: token) }
    }

    func confirm(_ token: String) async throws {
        guard try await users.verify(tokenHash: OpenSSLSecrets.hash(token), at: clock.now()) else { throw UsersError.badOneTimeToken }
    }
}
