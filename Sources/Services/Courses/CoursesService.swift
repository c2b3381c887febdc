import CoursesAPI
import EnrollmentsAPI
import Events
public import Kit
import Mongo
import Redis
import Stores
import UsersAPI

/// Authoring, publishing, the catalogue.
public enum CoursesService: HostedService {
    public static let name = "courses"

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let pool = try context.mongo()
        let database = try context.configuration.string("MONGO_DATABASE", default: MongoCourseStore.database)
        let relay = try context.relay(of: MongoOutboxStore(pool, database: database))
        let store = MongoCourseStore(pool, database: database, nudge: { relay.nudge() })
        let redis = try RedisPool(url: try context.configuration.url("REDIS_URL", schemes: ["redis"]).text, on: context.loops, log: context.log)
        let shared = RedisCoursePages(cache: RedisCache(redis, name: "course-page", metrics: context.metrics), make: MakeCoursePage(store: store))
        let pages = ProcessCoursePages(cache: try context.coursePages(), shared: shared)
        let (clock, forget) = (context.clock, { @Sendable (id: CourseID) async in await pages.forget(id) })
        let edit = EditDraft(store: store, clock: clock)
        let publish = PublishCourse(store: store, edit: edit, users: UsersClient(context.transport), clock: clock, forget: forget)
        let drafts = DraftRoutes(store: store, create: CreateCourse(store: store, clock: clock), edit: edit, publish: publish, answers: store.answers)
        let read = ReadLecture(store: store, enrollments: EnrollmentsClient(context.transport))
        let attach = AttachMedia(store: store, clock: clock)
        let count = CountEnrollment(store: store, clock: clock, forget: forget)
        return ServiceParts(
            routes: drafts.routes + OutlineRoutes(edit: edit).routes + CatalogueRoutes(store: store, pages: pages, read: read).routes,
            internalRoutes: LectureFactsRoutes(store: store).routes,
            background: [
                relay,
                try context.consumer(Subscription("media", types: AttachMedia.types) { event in try await attach(event) }),
                try context.consumer(Subscription("enrollments", types: CountEnrollment.types) { event in try await count(event) }),
                BackgroundService.sweeper("untold student counts", everySeconds: 5, log: context.log) { try await count.tell() },
            ],
            checks: [
                HealthCheck("mongodb", timeoutMilliseconds: 4000) { try await pool.ping() },
                HealthCheck("redis", neededForReady: false) { try await redis.ping() },
            ],
            close: {
                await redis.close()
                await pool.close()
            })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] {
        let pool = try context.mongo()
        let database = try context.configuration.string("MONGO_DATABASE", default: MongoCourseStore.database)
        try await MongoCourseStore(pool, database: database, nudge: {}).migrate()
        await pool.close()
        return []
    }
}
