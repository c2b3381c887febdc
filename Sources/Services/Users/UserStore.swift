import Kit
import Telemetry
import UsersAPI

/// The questions that the use cases ask, in their words. What changes more than one thing, or tells of it, is one transaction.
protocol UserStore: Sendable {
    /// Makes the account and tells of it. Where the address has one already nothing is made, and its owner is written to instead;
    /// one that waits for confirmation becomes what is registered now, and earlier mails confirm nothing any more.
    /// Beyond `MailLimit` nothing is done.
    func register(_ user: NewUser, at time: Timestamp) async throws
    /// Tells that the confirmation mail is wanted again, if an account has this address; beyond `MailLimit` nothing is done.
    func requestVerification(of email: EmailAddress, at time: Timestamp) async throws
    /// Keeps the hash of a token that confirms the address of an account which waits for it; nil when none does.
    func keepVerificationToken(_ hash: [UInt8], of user: UserID, until: Timestamp, at time: Timestamp) async throws -> UserContact?
    /// Uses the token: the account becomes active, gets its roles, and is told of. False when the token is unknown, used or too old.
    func verify(tokenHash: [UInt8], at time: Timestamp) async throws -> Bool

    func credentials(of email: EmailAddress) async throws -> Credentials?
    func replacePasswordHash(_ hash: String, of user: UserID, at time: Timestamp) async throws
    func user(_ id: UserID) async throws -> User?
    func contact(of id: UserID) async throws -> UserContact?
    func names(of ids: [UserID]) async throws -> [(id: UserID, displayName: String)]
    /// The user after the edit; nil when it was edited since.
    func edit(_ id: UserID, _ edit: ProfileEdit, onlyAt revisions: [Int]?) async throws -> User?
    /// Gives a role to the account of an address; false when there is none.
    func grant(_ role: Role, to email: EmailAddress, at time: Timestamp) async throws -> Bool

    /// Counts a sign-in as failed before its password is looked at: of many at once each is counted. Counting begins anew when the period began at
    /// `periodStart` or earlier.
    func beginSignIn(with email: EmailAddress, _ addressHash: [UInt8], periodStart: Timestamp, at time: Timestamp) async throws -> SignInAttempt
    /// Takes one back: it was never found out whether the password was wrong.
    func takeBackFailure(of addressHash: [UInt8]) async throws
    func forgetFailures(of addressHash: [UInt8]) async throws
}

/// A sign-in before its password is looked at.
struct SignInAttempt: Sendable {
    /// Of this address in the period, this one included.
    let failures: Int
    /// When the period began.
    let since: Timestamp
    /// Nil when no account has the address.
    let credentials: Credentials?
}

/// What a sign-in is checked against.
struct Credentials: Sendable {
    let user: User
    let passwordHash: String
}
