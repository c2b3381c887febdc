import JSON
import Kit
import Loop
import Mongo
import Stores
import TestRoutes
import TestStores
import Testing
@testable import Courses

@Suite("Beginning a course under an Idempotency-Key")
struct KeyedCourseTests {
    private static func begin(_ service: TestService, _ author: Principal, _ key: String?, title: String = "A course") async -> RouteCaller.Answer {
        await service.call("POST", "/v1/courses", as: author, json: ["title": .string(title)], headers: key.map { [("idempotency-key", $0)] } ?? [])
    }

    @Test("a hundred at once begin one course; each gets the same answer, or 409")
    func concurrent() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let answers = await Self.hundredAtOnce(service, author)
            let made = answers.filter { $0.status == 201 }
            let others = answers.filter { ![201, 409].contains($0.status) }
            #expect(others.isEmpty, "the first: \(others[0].status) \(others[0].json)")
            #expect(Set(made.map(\.bytes)).count == 1)
            #expect(made.count { $0.header("idempotency-replayed") == nil } == 1)
            let again = await Self.begin(service, author, "k")
            #expect(again.bytes == made.first?.bytes)
            #expect(again.header("etag") == "\"1\"")
            #expect(again.header("location") == made.first?.header("location"))
            let list = await service.call("GET", "/v1/me/authored-courses", as: author)
            #expect(list.json["items"]?.arrayValue?.count == 1)
        }
    }

    @Test("without a key it is 400, with another body 422, and another instructor's key is their own")
    func scope() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor(), other = instructor()
            #expect(await Self.begin(service, author, nil).json["type"]?.stringValue == "https://lyceum.example/problems/idempotency-key-required")
            #expect(await Self.begin(service, author, "k").status == 201)
            #expect(await Self.begin(service, author, "k", title: "Another").status == 422)
            let theirs = await Self.begin(service, other, "k")
            #expect(theirs.status == 201)
            #expect(theirs.header("idempotency-replayed") == nil)
            #expect(await Self.begin(service, author, "l", title: "").status == 422)
            #expect(await Self.begin(service, author, "l").status == 201)
        }
    }

    @Test("MongoDB removes an answer when its day is over")
    func expires() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let database = try service.context.configuration.string("MONGO_DATABASE")
            let reply = try await service.context.loops.run {
                let pool = try service.context.mongo()
                let reply = try await pool.runCommand(["listIndexes": "idempotency"], on: database)
                await pool.close()
                return reply
            }
            let kept = try reply.documents("cursor.firstBatch") { try $0.optionalInt("expireAfterSeconds") }
            #expect(kept == [nil, 86_400])
        }
    }

    private static func hundredAtOnce(_ service: TestService, _ author: Principal) async -> [RouteCaller.Answer] {
        await withTaskGroup(of: RouteCaller.Answer.self) { group in
            for _ in 0..<100 { group.addTask { await begin(service, author, "k") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
