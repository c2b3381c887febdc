import CoursesAPI
import JSON
import Kit
import Loop
import MediaAPI
import Mongo
import Stores
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Courses

let services = AnsweringServices { call in
    if call.service == "enrollments" { return ServiceAnswer(status: 200, body: ["granted": .bool(call.path.contains("0000-7000"))]) }
    return ServiceAnswer(status: 200, body: ["items": []])
}
func instructor() -> Principal { Principal(kind: .user(UserID()), roles: [.student, .instructor]) }

extension TestService {
    /// A draft with a section and one article that could be published, and its latest tag.
    func draft(by author: Principal) async throws -> (id: String, etag: String) {
        let made = await call("POST", "/v1/courses", as: author, json: [
            "title": "A course", "price": ["amount": 0, "currency": "EUR"], "categoryIds": ["design"], "description": "About.",
        ], headers: [("idempotency-key", UserID().description)])
        try #require(made.status == 201)
        let id = try #require(made.json["id"]?.stringValue)
        let section = await edit("POST", "/v1/courses/\(id)/draft/sections", author, made.header("etag"), ["title": "One"])
        try #require(section.status == 201)
        let place = try #require(section.json["sections"]?[0]?["id"]?.stringValue)
        let lecture = await edit(
            "POST", "/v1/courses/\(id)/draft/sections/\(place)/lectures", author, section.header("etag"), ["kind": "article", "title": "Read", "article": "text"])
        try #require(lecture.status == 201)
        return (id, try #require(lecture.header("etag")))
    }

    func edit(_ method: String, _ path: String, _ author: Principal, _ etag: String?, _ body: JSONValue? = nil) async -> RouteCaller.Answer {
        await call(method, path, as: author, json: body, headers: etag.map { [("if-match", $0)] } ?? [])
    }

    func told(_ type: String) async throws -> [JSONValue] {
        let pool = try context.mongo()
        let outbox = pool.collection(try context.configuration.string("MONGO_DATABASE"), "outbox")
        let found = try await context.loops.run { try await outbox.find(["type": .string(type)], MongoFind(sort: ["position": 1])).items }
        await pool.close()
        return try found.map { try JSONValue.parse(try $0.binary("payload")) }
    }
}

@Suite("Authoring")
struct AuthoringTests {
    @Test("an edit is made from what was read: 428 without a tag, 412 with an old one, and one of two wins")
    func optimistic() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            let path = "/v1/courses/\(id)/draft"
            #expect(await service.edit("PATCH", path, author, nil, ["title": "x"]).status == 428)
            #expect(await service.edit("PATCH", path, author, "\"1\"", ["title": "x"]).status == 412)
            let statuses = await withTaskGroup(of: Int.self) { group in
                for n in 0..<8 { group.addTask { await service.edit("PATCH", path, author, etag, ["title": .string("Title \(n)")]).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 412 } == 7)
            #expect(await service.call("GET", path, as: author, headers: [("if-none-match", etag)]).status == 200)
        }
    }

    @Test("a draft is a secret: to a stranger, a student and another instructor it does not exist")
    func secret() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            for stranger in [instructor(), Principal(kind: .user(UserID()), roles: [.student])] {
                #expect(await service.call("GET", "/v1/courses/\(id)/draft", as: stranger).status == 404)
                #expect(await service.edit("PATCH", "/v1/courses/\(id)/draft", stranger, etag, ["title": "mine"]).status == 404)
                #expect(await service.edit("POST", "/v1/courses/\(id)/publish", stranger, etag).status == 404)
            }
            #expect(await service.call("GET", "/v1/courses/\(id)/draft", as: Principal(kind: .user(UserID()), roles: [.admin])).status == 200)
            #expect(await service.call("GET", "/v1/courses/\(id)").status == 404)
            #expect(await service.call("POST", "/v1/courses", as: Principal(kind: .user(UserID()), roles: [.student]), json: ["title": "x"]).status == 403)
            #expect(await service.call("GET", "/v1/courses/\(id)/draft").status == 401)
        }
    }

    @Test("what is wrong with a body is named, and nothing that is not the client's to set is taken")
    func badBodies() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            for (body, pointer) in [
                ([:], "/title"), (["title": ""], "/title"), (["title": "x", "state": "published"], "/state"), (["title": "x", "ownerId": "y"], "/ownerId"),
                (["title": "x", "price": ["amount": -1, "currency": "EUR"]], "/price/amount"), (["title": "x", "price": ["amount": 1, "currency": "eur"]], "/price/currency"),
                (["title": "x", "categoryIds": ["no-such"]], "/categoryIds/0"), (["title": "x", "levels": ["expert"]], "/levels"), (["title": "x", "language": "EN"], "/language"),
            ] as [(JSONValue, String)] {
                let answer = await service.call("POST", "/v1/courses", as: author, json: body, headers: [("idempotency-key", "k")])
                #expect(answer.status == 422)
                #expect(answer.json["errors"]?[0]?["pointer"]?.stringValue == pointer)
            }
            let (id, etag) = try await service.draft(by: author)
            let section = try #require(await service.call("GET", "/v1/courses/\(id)/draft", as: author).json["sections"]?[0]?["id"]?.stringValue)
            for url in ["http://example.org", "javascript:alert(1)", "https://", "ftp://x", "//x"] {
                let body: JSONValue = ["kind": "resource", "title": "x", "url": .string(url)]
                #expect(await service.edit("POST", "/v1/courses/\(id)/draft/sections/\(section)/lectures", author, etag, body).status == 422)
            }
        }
    }

    @Test("publishing makes a version, a page, a place in the catalogue and an event, and unlisting ends them")
    func publication() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            let published = await service.edit("POST", "/v1/courses/\(id)/publish", author, etag)
            #expect(published.status == 200)
            #expect(published.json["number"]?.intValue == 1)
            let page = await service.call("GET", "/v1/courses/\(id)")
            #expect(page.status == 200)
            #expect(page.json["sections"]?[0]?["lectures"]?[0]?["title"]?.stringValue == "Read")
            #expect(page.json["sections"]?[0]?["lectures"]?[0]?["article"] == nil)
            #expect(await service.call("GET", "/v1/courses/\(id)", headers: [("if-none-match", try #require(page.header("etag")))]).status == 304)
            #expect(await service.call("GET", "/v1/courses?category=design").json["items"]?.arrayValue?.count == 1)
            #expect(await service.call("GET", "/v1/courses?category=music").json["items"]?.arrayValue?.isEmpty == true)
            let events = try await service.told(CoursePublished.eventType)
            #expect(events.count == 1)
            #expect(events.first?["data"]?["categoryPaths"] == ["design"])
            let unlisted = await service.edit("POST", "/v1/courses/\(id)/unlist", author, published.header("etag"))
            #expect(unlisted.status == 200)
            #expect(await service.call("GET", "/v1/courses").json["items"]?.arrayValue?.isEmpty == true)
            #expect(try await service.told(CourseUnlisted.eventType).count == 1)
            #expect(await service.edit("POST", "/v1/courses/\(id)/unlist", author, unlisted.header("etag")).status == 409)
        }
    }

    @Test("lectures are for those who may: previews for all, the rest with a grant")
    func lectures() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            #expect(await service.edit("POST", "/v1/courses/\(id)/publish", author, etag).status == 200)
            let page = await service.call("GET", "/v1/courses/\(id)")
            let lecture = try #require(page.json["sections"]?[0]?["lectures"]?[0]?["id"]?.stringValue)
            let path = "/v1/courses/\(id)/lectures/\(lecture)"
            #expect(await service.call("GET", path).status == 401)
            #expect(await service.call("GET", path, as: Principal(kind: .user(UserID()), roles: [.student])).status == 403)
            let granted = try #require(UserID("01900000-0000-7000-8000-000000000000"))
            #expect(await service.call("GET", path, as: Principal(kind: .user(granted), roles: [.student])).json["article"]?.stringValue == "text")
            #expect(await service.call("GET", path, as: author).status == 200)
            #expect(await service.call("GET", "/v1/courses/\(id)/lectures/\(LectureID())", as: author).status == 404)
        }
    }
}
