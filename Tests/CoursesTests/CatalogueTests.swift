import CoursesAPI
import EnrollmentsAPI
import JSON
import Kit
import Loop
import Mongo
import TestRoutes
import TestStores
import Testing
@testable import Courses

@Suite("Lists of courses")
struct CatalogueTests {
    @Test("a category has the courses of those below it, and none of its neighbours")
    func categories() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let context = service.context
            let lines = ["IT", "IT & Software", "IT 2", "IT0"].map { #"{"id":"\#($0)","title":"\#($0)","category":"\#($0)"}"# }
                + [#"{"id":"s","title":"Security","category":"IT","subcategory":"Security"}"#]
            _ = try await context.loops.run {
                var next = lines.makeIterator()
                return try await CoursesService.importCatalogue(
                    context, file: "f", nextLine: { next.next().map { .line(Array($0.utf8)) } }, reportBad: { _, _ in }, report: { _ in })
            }
            for (category, titles) in [("it", ["IT", "Security"]), ("it-security", ["Security"]), ("it/security", ["Security"]), ("it-software", ["IT & Software"])] {
                let items = await service.call("GET", "/v1/courses?category=\(category)").json["items"]?.arrayValue ?? []
                #expect(items.compactMap { $0["title"]?.stringValue }.sorted() == titles)
            }
        }
    }

    @Test("how many are wanted is read whatever the category, also of one that is not there")
    func badPages() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            #expect(await service.call("GET", "/v1/courses?category=none").status == 200)
            for bad in ["limit=x", "limit=1.5", "limit=0"] {
                let refused = await service.call("GET", "/v1/courses?\(bad)").status
                #expect([400, 422].contains(refused))
                #expect(await service.call("GET", "/v1/courses?category=none&\(bad)").status == refused)
            }
        }
    }

    @Test("an enrolment is no edit: the courses that I write stay in their order")
    func authored() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            var ids: [String] = []
            for _ in 0..<3 {
                let id = try await service.draft(by: author).id
                try await service.publish(id, author)
                ids.insert(id, at: 0)
            }
            let store = try CourseEventsTests.store(service)
            let count = CountEnrollment(store: store, clock: .system, forget: { _ in })
            let first = ids[2]
            try await service.context.loops.run {
                try await count(Event(EnrollmentGranted(userID: UserID(), courseID: first, courseTitle: "", grantKind: "free", isFirst: true)))
            }
            await store.pool.close()
            var seen: [String] = []
            var target = "/v1/me/authored-courses?limit=2"
            while true {
                let page = await service.call("GET", target, as: author).json
                seen += page["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
                #expect(page["items"]?[0]?["title"]?.stringValue == "A course")
                guard let next = page["nextCursor"]?.stringValue else { break }
                target = "/v1/me/authored-courses?limit=2&cursor=\(next)"
            }
            #expect(seen == ids)
        }
    }

    @Test("a course takes so much text and not more")
    func size() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            let section = try #require(await service.call("GET", "/v1/courses/\(id)/draft", as: author).json["sections"]?[0]?["id"]?.stringValue)
            // 200,000 bytes each.
            let article: JSONValue = ["kind": "article", "title": "Long", "article": .string(String(repeating: "😀", count: 50_000))]
            var tag: String? = etag
            for _ in 0..<5 {
                let added = await service.edit("POST", "/v1/courses/\(id)/draft/sections/\(section)/lectures", author, tag, article)
                #expect(added.status == 201)
                tag = added.header("etag")
            }
            let refused = await service.edit("POST", "/v1/courses/\(id)/draft/sections/\(section)/lectures", author, tag, article)
            #expect(refused.status == 422)
            #expect(refused.json["errors"]?[0]?["detail"]?.stringValue == "a course has at most 1 MiB of text")
            try await service.publish(id, author)
        }
    }

    @Test("every text of a course counts")
    func bytes() {
        var content = CourseContent(title: "é")
        content.subtitle = "12"
        content.description = "123"
        content.categoryIDs = ["1234"]
        content.objectives = ["12345"]
        content.requirements = ["1", "2"]
        content.audience = ["1"]
        content.sections = [Section(id: SectionID(), title: "12", lectures: [OutlineEditTests.lecture("1")])]
        content.sections[0].lectures[0].article = "ab"
        content.sections[0].lectures[0].url = "abc"
        #expect(content.bytes == 2 + 2 + 3 + 4 + 5 + 2 + 1 + 2 + 1 + 2 + 3)
    }
}
