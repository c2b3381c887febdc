import Curl
import Events
public import Kit
import Postgres
import Stores
import UsersAPI

/// Mail.
public enum NotificationsService: HostedService {
    public static let name = "notifications"
    static let migrations = [Migration(number: 1, name: "notifications", sql: PackageResources._001_notifications_sql)]

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let pool = try context.postgres()
        let nudge = Nudge()
        let sender = MailSender(nudge: nudge)
        let store = PostgresDeliveryStore(pool: pool, nudge: { nudge() })
        let curl = CurlClient(context.loops)
        let url = try context.configuration.url("SMTP_URL", schemes: ["smtp", "smtps"])
        let mailer = SMTPMailer(client: try SMTPClient(url.text, client: curl), from: try context.configuration.string("MAIL_FROM", default: "no-reply@lyceum.example"))
        let send = SendMail(
            store: store, mailer: mailer, users: UsersClient(context.transport),
            gateway: try context.configuration.url("GATEWAY_URL", schemes: ["http", "https"]).text, clock: context.clock, log: context.log)
        let queue = QueueMail(store: store, clock: context.clock)
        let events = Subscription(PostgresDeliveryStore.consumer, types: QueueMail.types) { event in try await queue(event) }
        return ServiceParts(
            background: [try context.consumer(events), BackgroundService("mail sender") { await sender.run(send, log: context.log) }],
            checks: [HealthCheck("postgres") { try await pool.ping() }],
            prepare: { try await migrator(pool).check() },
            close: {
                await pool.close()
                await curl.close()
            })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] {
        let pool = try context.postgres()
        let applied = try await migrator(pool).migrate()
        await pool.close()
        return applied.map(\.name)
    }

    private static func migrator(_ pool: PostgresPool) -> Migrator { Migrator(pool: pool, service: name, migrations: migrations) }
}
