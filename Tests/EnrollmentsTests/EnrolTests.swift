import CoursesAPI
import EnrollmentsAPI
import JSON
import Kit
import Loop
import Postgres
import Stores
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Enrollments

/// A course that is known to the service, as the courses service would tell of it.
struct KnownCourse {
    let course = CourseID()
    let version = VersionID()
    let video = LectureID()
    let article = LectureID()

    func event(price: Int = 0, state: CourseState = .published, revision: Int = 1) -> Event {
        var listing = CourseListing(
            courseID: course, revision: revision, versionID: version, state: state, slug: "c", title: "Course \(revision)", language: "en",
            publishedAt: .now, updatedAt: .now)
        listing.price = Money(amount: price, currency: "EUR")
        listing.lectures = [
            ListedLecture(id: video, kind: .video, durationMs: 100_000, isPreview: false), ListedLecture(id: article, kind: .article, durationMs: nil, isPreview: true),
        ]
        return state == .published ? Event(CoursePublished(listing)) : Event(CourseUnlisted(listing))
    }
}

extension TestService {
    var store: PostgresEnrollmentStore { get throws { PostgresEnrollmentStore(pool: try context.postgres(), nudge: {}) } }

    func know(_ event: Event) async throws {
        let learn = LearnOfCourse(store: try store)
        try await context.loops.run { try await learn(event) }
    }

    /// How many events of a type wait to be told.
    func told(_ type: String) async throws -> Int {
        let pool = try context.postgres()
        let count = try await context.loops.run { try await pool.query(.once("select count(*) from outbox where type = '\(type)'")).int8(0, 0) }
        await pool.close()
        return count
    }
}

let anyone = Principal(kind: .user(UserID()), roles: [.student])
func student() -> Principal { Principal(kind: .user(UserID()), roles: [.student]) }

@Suite("Enrolling")
struct EnrolTests {
    @Test("a free course takes a student once, and tells of it once")
    func free() async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let known = KnownCourse()
            try await service.know(known.event())
            let sam = student()
            let body: JSONValue = ["courseId": .string(known.course.description)]
            let first = await service.call("POST", "/v1/enrollments", as: sam, json: body)
            #expect(first.status == 201)
            #expect(first.json["percent"]?.intValue == 0)
            #expect(first.json["totalLectures"]?.intValue == 2)
            #expect(await service.call("POST", "/v1/enrollments", as: sam, json: body).status == 200)
            #expect(try await service.told(EnrollmentGranted.eventType) == 1)
            let access = await service.call("GET", "/v1/me/courses/\(known.course)/access", as: sam)
            #expect(access.json["granted"]?.boolValue == true)
            #expect(access.json["grants"]?[0]?["kind"]?.stringValue == "free")
        }
    }

    @Test("twenty requests at once make one grant and one event")
    func concurrent() async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let known = KnownCourse()
            try await service.know(known.event())
            let sam = student()
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await untilServed { await service.call("POST", "/v1/enrollments", as: sam, json: ["courseId": .string(known.course.description)]) }.status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // None is 201 when the one that made it was told too late.
            #expect(statuses.count { $0 == 201 } <= 1)
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 201 })
            #expect(try await service.told(EnrollmentGranted.eventType) == 1)
        }
    }

    @Test("a course with a price has to be bought; an unlisted or unknown one is not there")
    func refused() async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let paid = KnownCourse()
            try await service.know(paid.event(price: 1999))
            let answer = await service.call("POST", "/v1/enrollments", as: anyone, json: ["courseId": .string(paid.course.description)])
            #expect(answer.status == 409)
            #expect(answer.json["type"]?.stringValue?.hasSuffix("/purchase-required") == true)
            let unlisted = KnownCourse()
            try await service.know(unlisted.event(state: .unlisted))
            for course in [unlisted.course, CourseID()] {
                #expect(await service.call("POST", "/v1/enrollments", as: anyone, json: ["courseId": .string(course.description)]).status == 404)
            }
            #expect(await service.call("POST", "/v1/enrollments", as: anyone, json: ["courseId": "x"]).status == 422)
            #expect(await service.call("POST", "/v1/enrollments", json: ["courseId": "x"]).status == 401)
        }
    }

    @Test("an older event that comes late changes nothing, and an event counts once")
    func lateEvents() async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let known = KnownCourse()
            let newer = known.event(price: 500, revision: 3)
            try await service.know(newer)
            try await service.know(newer)
            try await service.know(known.event(price: 0, revision: 2))
            let store = try service.store
            let facts = try await service.context.loops.run { try await store.facts(of: known.course) }
            #expect(facts?.revision == 3)
            #expect(facts?.price == Money(amount: 500, currency: "EUR"))
            await store.pool.close()
        }
    }

    @Test("my courses come in pages, last studied first, each once")
    func pages() async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let sam = student()
            var all: [String] = []
            for _ in 0..<5 {
                let known = KnownCourse()
                try await service.know(known.event())
                #expect(await service.call("POST", "/v1/enrollments", as: sam, json: ["courseId": .string(known.course.description)]).status == 201)
                all.insert(known.course.description, at: 0)
            }
            var seen: [String] = []
            var target = "/v1/me/courses?limit=2"
            while true {
                let page = await service.call("GET", target, as: sam)
                #expect(page.status == 200)
                seen += page.json["items"]?.arrayValue?.compactMap { $0["courseId"]?.stringValue } ?? []
                guard let next = page.json["nextCursor"]?.stringValue else { break }
                target = "/v1/me/courses?limit=2&cursor=\(next)"
            }
            #expect(seen == all)
            #expect(await service.call("GET", "/v1/me/courses?cursor=nonsense", as: sam).status == 400)
        }
    }

    @Test("another's enrollment is not shown")
    func others() async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let known = KnownCourse()
            try await service.know(known.event())
            #expect(await service.call("POST", "/v1/enrollments", as: student(), json: ["courseId": .string(known.course.description)]).status == 201)
            #expect(await service.call("GET", "/v1/me/courses/\(known.course)", as: student()).status == 404)
            #expect(await service.call("GET", "/v1/me/courses/\(known.course)/access", as: student()).json["reason"]?.stringValue == "not-enrolled")
        }
    }
}
