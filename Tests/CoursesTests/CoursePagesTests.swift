import CoursesAPI
import JSON
import Kit
import Loop
import TestKit
import TestRoutes
import TestStores
import Testing
@testable import Courses

@Suite("Pages of courses")
struct CoursePagesTests {
    @Test("what was published is there at once where it was published, and a moment later in every other process")
    func published() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let other = try CoursesService.make(service.context)
            let elsewhere = RouteCaller(
                try RouteTable(service: "courses", routes: other.routes, authenticator: TestAuthenticator(), log: service.context.log), on: service.context.loops)
            let author = instructor()
            let id = try await service.draft(by: author).id
            let path = "/v1/courses/\(id)"
            #expect(await service.call("GET", path).status == 404)
            try await service.publish(id, author)
            let first = await service.call("GET", path)
            #expect(first.status == 200)
            #expect(await elsewhere("GET", path).bytes == first.bytes)
            for n in 1...3 {
                let edited = await service.edit("PATCH", "\(path)/draft", author, await service.tag(id, author), ["title": .string("Title \(n)")])
                #expect(edited.status == 200)
                try await service.publish(id, author)
                #expect(await service.call("GET", path).json["title"]?.stringValue == "Title \(n)")
            }
            #expect(await eventually { await elsewhere("GET", path).json["title"]?.stringValue == "Title 3" })
            await service.context.loops.run { await other.close() }
        }
    }

    @Test("a page carries the tag of its bytes, and who has them already gets none")
    func tag() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let id = try await service.draft(by: author).id
            try await service.publish(id, author)
            let page = await service.call("GET", "/v1/courses/\(id)"), tag = try #require(page.header("etag"))
            #expect(page.header("cache-control") == "public, max-age=30")
            let again = await service.call("GET", "/v1/courses/\(id)", headers: [("if-none-match", "\"other\", \(tag)")])
            #expect(again.status == 304)
            #expect(again.header("etag") == tag)
            #expect(again.header("content-type") == nil)
            try await service.publish(id, author)
            #expect(await service.call("GET", "/v1/courses/\(id)", headers: [("if-none-match", tag)]).status == 200)
        }
    }
}
