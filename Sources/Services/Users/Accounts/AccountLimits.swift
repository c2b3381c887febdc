import Kit

/// How often one address may ask what needs no token. Wide enough for a class behind one router; beside these, PostgreSQL counts the failed tries of each
/// account and the mails to it, from wherever they are asked for.
enum AccountLimits {
    /// Each costs a password hash.
    static let signIn = RateLimit("sign-in", Quota(60, seconds: 60), for: .address)
    static let refresh = RateLimit("refresh", Quota(300, seconds: 60), for: .address)
    /// Each costs a password hash and a mail: a class registers at once, a robot is stopped.
    static let registration = RateLimit("registration", Quota(100, seconds: 3600), for: .address)
    static let verificationMail = RateLimit("verification-mail", Quota(100, seconds: 3600), for: .address)
    /// A token cannot be guessed; nobody need try.
    static let verification = RateLimit("verification", Quota(100, seconds: 60), for: .address)
}
