import CoursesAPI
import JSON
import Kit
import Loop
import TestRoutes
import TestStores
import Testing
@testable import Courses

extension TestService {
    var delivery: Principal { Principal(kind: .service("delivery")) }

    /// The tag of the draft as it is now.
    func tag(_ id: String, _ author: Principal) async -> String? { await call("GET", "/v1/courses/\(id)/draft", as: author).header("etag") }

    /// Adds an article to the first section.
    func addLecture(_ id: String, _ author: Principal, isPreview: Bool = false) async throws -> String {
        let draft = await call("GET", "/v1/courses/\(id)/draft", as: author)
        let section = try #require(draft.json["sections"]?[0]?["id"]?.stringValue)
        let added = await edit(
            "POST", "/v1/courses/\(id)/draft/sections/\(section)/lectures", author, draft.header("etag"),
            ["kind": "article", "title": "More", "article": "more", "isPreview": .bool(isPreview)])
        try #require(added.status == 201)
        return try #require(added.json["sections"]?[0]?["lectures"]?.arrayValue?.last?["id"]?.stringValue)
    }

    func publish(_ id: String, _ author: Principal) async throws {
        try #require(await edit("POST", "/v1/courses/\(id)/publish", author, await tag(id, author)).status == 200)
    }

    func remove(_ lecture: String, _ id: String, _ author: Principal) async throws {
        try #require(await edit("DELETE", "/v1/courses/\(id)/draft/lectures/\(lecture)", author, await tag(id, author)).status == 200)
    }
}

@Suite("Publishing again")
struct RepublishTests {
    @Test("of many publications of one draft at once one is made, and no answer is an accident")
    func doubleClick() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { await service.edit("POST", "/v1/courses/\(id)/publish", author, etag).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 412 } == 7)
            #expect(try await service.told(CoursePublished.eventType).count == 1)
        }
    }

    @Test("an edit that was read before a publication is refused after it")
    func staleEdit() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            try await service.publish(id, author)
            #expect(await service.edit("PATCH", "/v1/courses/\(id)/draft", author, etag, ["title": "x"]).status == 412)
            let stale = await service.tag(id, author)
            #expect(await service.edit("POST", "/v1/courses/\(id)/unlist", author, stale).status == 200)
            #expect(await service.edit("PATCH", "/v1/courses/\(id)/draft", author, stale, ["title": "x"]).status == 412)
        }
    }

    @Test("the tag of a draft changes with its state")
    func tags() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            var known = etag
            for (step, state) in [("publish", "published"), ("unlist", "unlisted")] {
                let done = await service.edit("POST", "/v1/courses/\(id)/\(step)", author, known)
                let read = await service.call("GET", "/v1/courses/\(id)/draft", as: author, headers: [("if-none-match", known)])
                #expect(read.status == 200)
                #expect(read.json["state"]?.stringValue == state)
                #expect(read.header("etag") == done.header("etag"))
                known = try #require(read.header("etag"))
            }
        }
    }

    @Test("a lecture that a new version left out stays for those who began with it, and is no preview any more")
    func leftOut() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, _) = try await service.draft(by: author)
            let lecture = try await service.addLecture(id, author, isPreview: true)
            try await service.publish(id, author)
            let path = "/v1/courses/\(id)/lectures/\(lecture)"
            #expect(await service.call("GET", path).status == 200)
            try await service.remove(lecture, id, author)
            for _ in 0..<2 {
                let playable = await service.callInternal("GET", "/internal/v1/lectures/\(lecture)", as: service.delivery)
                #expect(playable.status == 200)
                #expect(playable.json["courseId"]?.stringValue == id)
                #expect(playable.json["isLive"]?.boolValue == true)
                let granted = try #require(UserID("01900000-0000-7000-8000-000000000000"))
                #expect(await service.call("GET", path, as: Principal(kind: .user(granted), roles: [.student])).json["article"]?.stringValue == "more")
                try await service.publish(id, author)
            }
            let playable = await service.callInternal("GET", "/internal/v1/lectures/\(lecture)", as: service.delivery)
            #expect(playable.json["isPreview"]?.boolValue == false)
            #expect(await service.call("GET", path).status == 401)
            #expect(await service.call("GET", path, as: Principal(kind: .user(UserID()), roles: [.student])).status == 403)
            #expect(await service.call("GET", "/v1/courses/\(id)").json["sections"]?[0]?["lectures"]?.arrayValue?.count == 1)
        }
    }

    @Test("of a lecture the newest version counts, and a draft only where there is no version")
    func newest() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, _) = try await service.draft(by: author)
            let lecture = try await service.addLecture(id, author)
            let path = "/v1/courses/\(id)/lectures/\(lecture)"
            #expect(await service.call("GET", path, as: author).json["article"]?.stringValue == "more")
            for text in ["second", "third"] {
                try await service.publish(id, author)
                let edited = await service.edit(
                    "PATCH", "/v1/courses/\(id)/draft/lectures/\(lecture)", author, await service.tag(id, author), ["article": .string(text)])
                #expect(edited.status == 200)
            }
            #expect(await service.call("GET", path, as: author).json["article"]?.stringValue == "second")
            let other = try await service.draft(by: author)
            #expect(await service.call("GET", "/v1/courses/\(other.id)/lectures/\(lecture)", as: author).status == 404)
        }
    }

    @Test("a draft answers like a course that there is not")
    func secret() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, _) = try await service.draft(by: author)
            let lecture = try await service.addLecture(id, author)
            let answers = await [
                service.call("GET", "/v1/courses/\(id)/lectures/\(lecture)"), service.call("GET", "/v1/courses/\(CourseID())/lectures/\(lecture)"),
                service.call("GET", "/v1/courses/\(id)/lectures/\(lecture)", as: instructor()),
            ]
            #expect(answers.allSatisfy { $0.status == 404 })
            #expect(Set(answers.map { $0.json["detail"]?.stringValue }) == ["There is no such lecture."])
        }
    }
}
