import CoursesAPI
import Curl
import Events
public import Kit
import Postgres
import S3
import Stores
import Telemetry

/// Resumable upload, assets, and the queue that workers lease from.
public enum MediaService: HostedService {
    public static let name = "media"
    static let migrations = [
        Migration(number: 1, name: "media", sql: PackageResources._001_media_sql),
        Migration(number: 2, name: "upload metadata", sql: PackageResources._002_upload_metadata_sql),
        Migration(number: 3, name: "idempotency", sql: PackageResources._003_idempotency_sql),
    ]

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let pool = try context.postgres()
        let relay = try context.relay(of: PostgresOutboxStore(pool))
        let curl = CurlClient(context.loops)
        let objects = try context.configuration.objectStore(curl)
        let spool = try UploadSpool(folder: try uploadFolder(context.configuration))
        let uploads = PostgresUploadStore(pool: pool)
        let receive = ReceiveUpload(
            store: uploads, spool: spool, originals: StoredOriginal(objects: objects), courses: CoursesClient(context.transport), clock: context.clock,
            maximumBytes: try context.configuration.int("UPLOAD_MAXIMUM_BYTES", default: 16 << 30, in: 1...(1 << 44)))
        let jobs = RunJobs(store: PostgresJobStore(pool: pool, nudge: { relay.nudge() }), clock: context.clock, log: context.log)
        let sweep = SweepUploads(receive: receive, log: context.log)
        let answers = PostgresIdempotency(pool)
        return ServiceParts(
            routes: UploadRoutes(receive: receive, answers: answers).routes + AssetRoutes(store: uploads).routes,
            internalRoutes: JobRoutes(jobs: jobs).routes,
            background: [
                relay, answers.sweeper(of: name, log: context.log),
                BackgroundService.sweeper("media sweeper", everySeconds: 60, log: context.log) {
                    try await sweep()
                    return false
                },
            ],
            checks: [HealthCheck("postgres") { try await pool.ping() }],
            prepare: { try await migrator(pool).check() },
            close: {
                await spool.stop()
                await curl.close()
                await pool.close()
            })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] {
        let pool = try context.postgres()
        let applied = try await migrator(pool).migrate()
        await pool.close()
        return applied.map(\.name)
    }

    /// Where uploads gather until they are whole: beside a store that is a folder, else it has to be said.
    private static func uploadFolder(_ configuration: ConfigurationReader) throws -> String {
        let store = try configuration.url("OBJECT_STORE", schemes: ["file", "s3"])
        return try configuration.string("UPLOAD_FOLDER", default: store.scheme == "file" ? "\(store.path)/.uploads" : nil)
    }

    private static func migrator(_ pool: PostgresPool) -> Migrator { Migrator(pool: pool, service: name, migrations: migrations) }
}
