import Kit

/// Registers an account. The answer and its time are the same whether or not the address has one already.
struct RegisterUser: Sendable {
    let users: any UserStore
    let passwords: Argon2Passwords
    let clock: WallClock

    struct Form: Sendable {
        let email: EmailAddress
        let password: String
        let displayName: String
        let locale: String
        let teach: Bool
    }

    func callAsFunction(_ form: Form) async throws {
        let hash = try await passwords.hash(form.password)
        let user = NewUser(
            id: UserID(), email: form.email, passwordHash: hash, displayName: form.displayName, locale: form.locale, wantsToTeach: form.teach)
        try await users.register(user, at: clock.now())
    }
}
