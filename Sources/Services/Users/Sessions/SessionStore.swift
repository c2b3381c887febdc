import Kit
import Telemetry

/// Marks the ids of sessions and of their families.
enum SessionTag {}
typealias SessionID = ID<SessionTag>

/// A refresh token to be kept: its hash alone.
struct NewSession: Sendable {
    let id: SessionID
    let family: SessionID
    let tokenHash: [UInt8]
    let device: String
    let expiresAt: Timestamp
}

/// What became of a refresh.
enum Rotation: Sendable {
    case rotated(User, family: SessionID)
    /// Unknown, expired, revoked, or the account may not sign in.
    case refused
    /// The token was used before: its whole family is revoked now.
    case reused(UserID)
}

/// Refresh tokens.
protocol SessionStore: Sendable {
    /// Keeps the session, and forgets the failed sign-ins of the address.
    func open(_ session: NewSession, of user: UserID, address addressHash: [UInt8], at time: Timestamp) async throws
    /// Uses up the token with `hash` and keeps the next one, in one transaction: of many at once, one wins.
    func rotate(_ hash: [UInt8], to next: (SessionID) -> NewSession, at time: Timestamp) async throws -> Rotation
    /// Ends every token of the family.
    func revoke(_ family: SessionID, of user: UserID, at time: Timestamp) async throws
    /// Removes sessions, one-time tokens, counts of failed sign-ins and of mails that have been over for a while, a bounded piece at once; how many rows went.
    func sweep(before time: Timestamp) async throws -> Int
}
