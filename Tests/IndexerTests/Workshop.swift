import CoursesAPI
import Curl
import FoundationEssentials
import JSON
import Kit
import Loop
import Mongo
import Stores
import Telemetry
import TestKit
@testable import Courses
@testable import Indexer
@testable import Search

/// A courses database and an index alias of one test, with the indexer's parts on them; removed afterwards.
struct Workshop: Sendable {
    let pool: MongoPool
    let database: String
    /// The search engine's URL.
    let engine: String
    let index: ElasticCourseIndex
    let store: MongoCourseStore
    var job: IndexJob
    private let turns = Locked(0)

    /// Runs `body` on a loop of its own. `engine`: another than `stackEngine`.
    static func with(engine: String? = nil, _ body: @escaping @Sendable @concurrent (Workshop) async throws -> Void) async throws {
        let loops = LoopGroup(count: 1)
        let workshop = try Workshop(loops, engine: engine)
        let result = await Task(executorPreference: loops.next()) {
            let result: Result<Void, any Error>
            do { result = .success(try await body(workshop)) } catch { result = .failure(error) }
            for name in (try? await workshop.index.indexes()) ?? [] { try await workshop.index.delete(name.text) }
            try await workshop.pool.dropDatabase(workshop.database)
            await workshop.pool.close()
            return try result.get()
        }.result
        await loops.shutdown()
        try result.get()
    }

    /// The stack's, or the one that `LYCEUM_TEST_ELASTICSEARCH` names.
    static func stackEngine() throws -> String {
        try ProcessInfo.processInfo.environment["LYCEUM_TEST_ELASTICSEARCH"] ?? TestStack.load().elasticsearch
    }

    private init(_ loops: LoopGroup, engine: String?) throws {
        database = uniqueName("indexer")
        pool = try MongoPool(uri: TestStack.load().patientMongo, threads: 4)
        self.engine = try engine ?? Self.stackEngine()
        index = ElasticCourseIndex(ElasticClient(self.engine, curl: CurlClient(loops), timeoutMilliseconds: 30_000), alias: database)
        store = MongoCourseStore(pool, database: database, nudge: {})
        job = IndexJob(
            source: MongoListings(pool, database: database), index: index, state: MongoIndexerState(pool, database: database, alias: database))
    }

    func collection(_ name: String) -> MongoCollection { pool.collection(database, name) }

    /// Imports courses that are published at once.
    func add(_ count: Int) async throws {
        try await store.migrate()
        let imports = MongoImportStore(store, database: database)
        let lines = try (0..<count).map { number in
            let line: JSONValue = [
                "id": .string(uniqueName("line")), "title": .string("Course \(number)"), "description": "About it.", "category": "Design",
                "enrolled": .int(number), "is_paid": false, "level": "beginner",
            ]
            return try CatalogueLine(line.jsonBuffer.array)
        }
        for start in stride(from: 0, to: count, by: 500) {
            _ = try await imports.add(Array(lines[start..<min(start + 500, count)]), of: "test", linesDone: start, at: .now)
        }
    }

    /// Ids of the courses, in order.
    func ids() async throws -> [CourseID] {
        try await collection("courses").find([:], MongoFind(sort: ["_id": 1], projection: ["_id": 1], limit: 10_000)).items.map { try $0.id("_id") }
    }

    /// One student more: a change of the listing, each at a time of its own, so that each is told.
    func enroll(in id: CourseID) async throws {
        let event = Event(id: UUID16.v7(), source: "/test", type: "test", subject: "\(id)", time: .now, data: [:])
        let turn = turns.withLock { $0 += 1; return $0 }
        _ = try await store.countEnrollment(in: id, event: event, at: .now.adding(seconds: Double(turn) * (CountEnrollment.quietSeconds + 1)))
    }

    func unlist(_ id: CourseID) async throws {
        guard let course = try await store.course(id) else { return }
        _ = try await store.unlist(course, at: .now)
    }

    func remove(_ id: CourseID) async throws { try await collection("courses").deleteOne(["_id": .id(id)]) }

    func rebuild(force: Bool = false, kept: Int = 2) async throws -> Outcome {
        try await job.underLease { [job] lease in try await Rebuild(job: job, lease: lease, isForced: force, kept: kept)() }
    }

    func sync() async throws -> Outcome { try await job.underLease { [job] lease in try await Sync(job: job, lease: lease)() } }

    func verify(repair: Bool = false) async throws -> Outcome {
        var verify = Verify(job: job, mends: repair)
        verify.looks = 0
        return try await verify()
    }
}
