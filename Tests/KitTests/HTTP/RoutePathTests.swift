import Testing

@testable import Kit

@Suite struct RoutePathTests {
    @Test("names in braces are parameters, in order") func parameters() throws {
        let path = try #require(RoutePath("/v1/courses/{courseId}/draft/lectures/{lectureId}"))
        #expect(path.parameters == ["courseId", "lectureId"])
        #expect(path.shape == "/v1/courses/{}/draft/lectures/{}")
        #expect(RoutePath("/.well-known/jwks.json")?.parameters == [])
        #expect(RoutePath("/") != nil)
    }

    @Test(
        "a path that would match something else than it says is none",
        arguments: ["", "v1", "/v1//x", "/v1/", "/v1/{}", "/v1/{a", "/v1/x{a}", "/{a}/{a}", "/{a-b}", "/{a...}"])
    func refused(path: String) { #expect(RoutePath(path) == nil) }
}
