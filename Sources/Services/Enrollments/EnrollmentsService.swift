import Events
public import Kit
import Postgres
import Stores

/// Who may learn what, and how far they are.
public enum EnrollmentsService: HostedService {
    public static let name = "enrollments"
    static let migrations = [
        Migration(number: 1, name: "enrollments", sql: PackageResources._001_enrollments_sql),
        Migration(number: 2, name: "shares", sql: PackageResources._002_shares_sql),
        Migration(number: 3, name: "idempotency", sql: PackageResources._003_idempotency_sql),
    ]

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let pool = try context.postgres()
        let relay = try context.relay(of: PostgresOutboxStore(pool))
        let store = PostgresEnrollmentStore(pool: pool, nudge: { relay.nudge() })
        let clock = context.clock
        let learn = LearnOfCourse(store: store)
        let courses = Subscription(PostgresEnrollmentStore.consumer, types: LearnOfCourse.types) { event in try await learn(event) }
        let answers = PostgresIdempotency(pool)
        let routes = EnrollmentRoutes(store: store, enrol: EnrolStudent(store: store, clock: clock), answers: answers, clock: clock)
        return ServiceParts(
            routes: routes.routes + ProgressRoutes(report: ReportProgress(store: store, clock: clock)).routes,
            internalRoutes: AccessRoutes(store: store, clock: clock).routes,
            background: [relay, try context.consumer(courses), answers.sweeper(of: name, log: context.log)],
            checks: [HealthCheck("postgres") { try await pool.ping() }],
            prepare: { try await migrator(pool).check() },
            close: { await pool.close() })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] {
        let pool = try context.postgres()
        let applied = try await migrator(pool).migrate()
        await pool.close()
        return applied.map(\.name)
    }

    private static func migrator(_ pool: PostgresPool) -> Migrator { Migrator(pool: pool, service: name, migrations: migrations) }
}
