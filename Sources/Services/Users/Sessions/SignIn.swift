import Kit
import Telemetry

/// Signs a user in with e-mail and password.
///
/// Whether an address has an account cannot be told from answers or their time: an unknown one is checked against a hash too.
struct SignIn: Sendable {
    /// Failed tries of one address within `periodSeconds`, then it has to wait.
    static let maximumFailures = 10
    static let periodSeconds = 900.0

    let users: any UserStore
    let open: OpenSession
    let passwords: Argon2Passwords
    let clock: WallClock
    let log: Log

    func callAsFunction(email text: String, password: String, device: String) async throws -> SessionTokens {
        let now = clock.now()
        guard let email = EmailAddress(text) else {
            _ = try await passwords.verify(password, nil)
            throw UsersError.wrongCredentials
        }
        let key = OpenSSLSecrets.hash(email.key)
        // Counted before the password is looked at: of many tries at once no more than these are made.
        let attempt = try await users.beginSignIn(with: email, key, periodStart: now.adding(seconds: -Self.periodSeconds), at: now)
        guard attempt.failures <= Self.maximumFailures else {
            throw UsersError.tooManyTries(retryAfterSeconds: Int((Self.periodSeconds - (now - attempt.since)).rounded(.up)))
        }
        guard try await isRight(password, for: attempt.credentials, key), let credentials = attempt.credentials, credentials.user.state != .erased
        else { throw UsersError.wrongCredentials }
        if let refusal = Self.refusal(of: credentials.user) {
            try await users.forgetFailures(of: key)
            throw refusal
        }
        if passwords.needsRehash(credentials.passwordHash) {
            await rehash(password, of: credentials.user.id, at: now)
        }
        log.info("signed in", [("user", .string(credentials.user.id.description))])
        return try await open(for: credentials.user, address: key, device: device)
    }

    /// Why the account may not sign in though the password is right.
    private static func refusal(of user: User) -> UsersError? {
        switch user.state {
        case .pending: .emailNotVerified
        case .suspended: .suspended
        case .active, .erased: nil
        }
    }

    /// Whether the password is that of the account. A try that the hasher had no room for is none.
    private func isRight(_ password: String, for credentials: Credentials?, _ key: [UInt8]) async throws -> Bool {
        do { return try await passwords.verify(password, credentials?.passwordHash) } catch UsersError.overloaded {
            try await users.takeBackFailure(of: key)
            throw UsersError.overloaded
        }
    }

    /// With today's parameters. Where that fails now the next sign-in does it: the password was right.
    private func rehash(_ password: String, of user: UserID, at time: Timestamp) async {
        do { try await users.replacePasswordHash(try await passwords.hash(password), of: user, at: time) } catch {
            log.warning("a password hash was not renewed", [("user", .string(user.description)), ("error", .string("\(error)"))])
        }
    }
}
