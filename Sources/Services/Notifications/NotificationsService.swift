import Curl
import Events
public import Kit
import Postgres
import Stores
import Telemetry
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
        let url = try context.configuration.url("SMTP_URL", schemes: ["smtp", "smtps"])
        let from = try context.configuration.string("MAIL_FROM", default: "no-reply@lyceum.example")
        let client = try SMTPClient(url.text)
        let send = SendMail(
            store: store, mailer: SMTPMailer(client: client, from: from), users: UsersClient(context.transport),
            gateway: try gateway(context.configuration), clock: context.clock, log: context.log, tracer: context.tracer)
        let queue = QueueMail(store: store, clock: context.clock)
        let events = Subscription(PostgresDeliveryStore.consumer, types: QueueMail.types) { event in try await queue(event) }
        return ServiceParts(
            background: [
                try context.consumer(events), BackgroundService("mail sender") { await sender.run(send, log: context.log) },
                sweeper(of: store, context),
            ],
            checks: [HealthCheck("postgres") { try await pool.ping() }],
            prepare: { try await migrator(pool).check() },
            close: {
                await pool.close()
                await client.close()
            })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] {
        let pool = try context.postgres()
        let applied = try await migrator(pool).migrate()
        await pool.close()
        return applied.map(\.name)
    }

    /// The public base of the product, without a slash at its end.
    private static func gateway(_ configuration: ConfigurationReader) throws -> String {
        try configuration.url("GATEWAY_URL", schemes: ["http", "https"]).base
    }

    /// Every hour: events that came so long ago that no queue holds them any more.
    private static func sweeper(of store: PostgresDeliveryStore, _ context: ServiceContext) -> BackgroundService {
        .sweeper("inbox sweeper", everySeconds: 3600, log: context.log) {
            try await store.sweep(before: context.clock.now().adding(seconds: -30 * 86_400)) >= 1000
        }
    }

    private static func migrator(_ pool: PostgresPool) -> Migrator { Migrator(pool: pool, service: name, migrations: migrations) }
}
