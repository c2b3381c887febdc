import Argon2
public import Kit
import Postgres
import Stores

extension UsersService {
    /// Makes an account that needs no confirmation, or leaves the one that is there alone; gives it the roles that it lacks. For operators.
    public static func ensureAccount(_ context: ServiceContext, email: String, password: String, displayName: String, roles: [Role]) async throws {
        guard let address = EmailAddress(email) else { throw UsersError.noSuchUser }
        let pool = try context.postgres()
        do { try await ensure(address, password, displayName, roles, context, pool) } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    private static func ensure(
        _ address: EmailAddress, _ password: String, _ displayName: String, _ roles: [Role], _ context: ServiceContext, _ pool: PostgresPool
    ) async throws {
        let store = PostgresUserStore(pool: pool, nudge: {})
        let now = context.clock.now()
        if try await store.credentials(of: address) == nil {
            let hasher = PasswordHasher(threads: 1)
            let hash = try await Argon2Passwords(hasher: hasher).hash(password)
            await hasher.stop()
            let user = NewUser(id: UserID(), email: address, passwordHash: hash, displayName: displayName, locale: "en", wantsToTeach: false)
            try await store.createActive(user, at: now)
        }
        for role in roles { _ = try await store.grant(role, to: address, at: now) }
    }
}
