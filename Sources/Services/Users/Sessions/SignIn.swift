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
        let failures = try await users.countFailure(of: key, periodStart: now.adding(seconds: -Self.periodSeconds), at: now)
        guard failures.count <= Self.maximumFailures else {
            throw UsersError.tooManyTries(retryAfterSeconds: Int((Self.periodSeconds - (now - failures.since)).rounded(.up)))
        }
        guard let credentials = try await verified(email, password, key), credentials.user.state != .erased else { throw UsersError.wrongCredentials }
        try await users.forgetFailures(of: key)
        switch credentials.user.state {
        case .pending: throw UsersError.emailNotVerified
        case .suspended: throw UsersError.suspended
        case .active, .erased: break
        }
        if passwords.needsRehash(credentials.passwordHash) {
            await rehash(password, of: credentials.user.id, at: now)
        }
        log.info("signed in", [("user", .string(credentials.user.id.description))])
        return try await open(for: credentials.user, device: device)
    }

    /// The account of the address when the password is right. A try that the hasher had no room for is none.
    private func verified(_ email: EmailAddress, _ password: String, _ key: [UInt8]) async throws -> Credentials? {
        do {
            let credentials = try await users.credentials(of: email)
            return try await passwords.verify(password, credentials?.passwordHash) ? credentials : nil
        } catch UsersError.overloaded {
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
