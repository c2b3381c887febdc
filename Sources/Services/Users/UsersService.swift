import Argon2
import Events
import JOSE
public import Kit
import Postgres
import Stores
import Telemetry

/// Accounts, sign-in, tokens.
public enum UsersService: HostedService {
    public static let name = "users"
    static let migrations = [
        Migration(number: 1, name: "users", sql: PackageResources._001_users_sql),
        Migration(number: 2, name: "sweeping", sql: PackageResources._002_sweeping_sql),
    ]

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let pool = try context.postgres()
        let relay = try context.relay(of: PostgresOutboxStore(pool))
        let users = PostgresUserStore(pool: pool, nudge: { relay.nudge() })
        let sessions = PostgresSessionStore(pool: pool, users: users)
        let (clock, log) = (context.clock, context.log)
        let hasher = PasswordHasher(threads: try context.configuration.int("PASSWORD_THREADS", default: 2, in: 1...64))
        let passwords = Argon2Passwords(hasher: hasher)
        let issuer = JOSETokenIssuer(
            keys: try SigningKeyFolder(try context.configuration.string("KEYS_DIRECTORY"), signer: JOSETokenIssuer.signer, log: log, clock: clock))
        let open = OpenSession(sessions: sessions, issuer: issuer, clock: clock)
        let verify = VerifyEmail(users: users, clock: clock)
        let accounts = AccountRoutes(
            register: RegisterUser(users: users, passwords: passwords, clock: clock), verify: verify, users: users, clock: clock)
        let signing = SessionRoutes(
            signIn: SignIn(users: users, open: open, passwords: passwords, clock: clock, log: log),
            refresh: RefreshSession(sessions: sessions, open: open, clock: clock, log: log), sessions: sessions, issuer: issuer, clock: clock)
        return ServiceParts(
            routes: accounts.routes + signing.routes,
            internalRoutes: ContactRoutes(users: users, verify: verify).routes,
            background: [relay, sweeper(of: sessions, clock, log)],
            checks: [HealthCheck("postgres") { try await pool.ping() }],
            prepare: { try await migrator(pool).check() },
            close: {
                await hasher.stop()
                await pool.close()
            })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] {
        let pool = try context.postgres()
        let applied = try await migrator(pool).migrate()
        await pool.close()
        return applied.map(\.name)
    }

    /// Gives a role to the account of an address, as an operator does; false when there is none.
    public static func grant(_ role: Role, to email: String, _ context: ServiceContext) async throws -> Bool {
        guard let address = EmailAddress(email) else { return false }
        let pool = try context.postgres()
        let isDone = try await PostgresUserStore(pool: pool, nudge: {}).grant(role, to: address, at: context.clock.now())
        await pool.close()
        return isDone
    }

    private static func migrator(_ pool: PostgresPool) -> Migrator { Migrator(pool: pool, service: name, migrations: migrations) }

    /// Every hour: what has been over for a week.
    private static func sweeper(of sessions: PostgresSessionStore, _ clock: WallClock, _ log: Log) -> BackgroundService {
        .sweeper("users sweeper", everySeconds: 3600, log: log) { try await sessions.sweep(before: clock.now().adding(seconds: -7 * 86_400)) >= 1000 }
    }
}
