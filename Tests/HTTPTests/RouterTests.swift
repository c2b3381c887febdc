@testable import HTTP
import Testing

@Suite("Router")
struct RouterTests {
    private static let router: Router = {
        var router = Router()
        for (method, path) in [
            ("GET", "/"), ("GET", "/v1/courses"), ("POST", "/v1/courses"), ("GET", "/v1/courses/{id}"), ("PATCH", "/v1/courses/{id}"),
            ("GET", "/v1/courses/popular"), ("GET", "/v1/courses/popular/top"), ("GET", "/v1/courses/{id}/sections/{section}"),
            ("GET", "/s/{token}/{file}"), ("GET", "/s/{token}/status"), ("HEAD", "/uploads/{id}"),
        ] { router.on(method, path) { _ in Response() } }
        return router
    }()

    private func outcome(_ method: String, _ path: String) -> String {
        switch Self.router.match(method, path) {
        case .route(let route, let parameters): ([route.path] + parameters).joined(separator: " ")
        case .methodNotAllowed(let methods): "405 " + methods.joined(separator: ",")
        case .notFound: "404"
        case .malformed: "400"
        }
    }

    @Test("paths find their routes", arguments: [
        ("/", "/"), ("/v1/courses", "/v1/courses"), ("/v1/courses/7", "/v1/courses/{id} 7"),
        ("/v1/courses/popular", "/v1/courses/popular"), ("/v1/courses/popular/top", "/v1/courses/popular/top"),
        ("/v1/courses/popular/sections/2", "/v1/courses/{id}/sections/{section} popular 2"),
        ("/v1/courses/a%20b%2Bc", "/v1/courses/{id} a b+c"), ("/v1/courses/a+b", "/v1/courses/{id} a+b"),
        ("/v1/courses/%C3%A4", "/v1/courses/{id} ä"), ("/v1/courses/%70opular", "/v1/courses/{id} popular"),
        ("/s/t/file", "/s/{token}/{file} t file"), ("/s/t/status", "/s/{token}/status t"),
    ])
    func finds(path: String, expected: String) {
        #expect(outcome("GET", path) == expected)
    }

    @Test("paths that are not there are not found", arguments: [
        "", "v1/courses", "/v1", "/v1/", "/v1/courses/", "//v1/courses", "/v1//courses", "/V1/courses",
        "/v1/courses/7/sections", "/v1/courses/7/sections/",
        "/s/t", "/s/t/", "/s/t/a/b", "/s/t//b", "/s/t/a/", "*", "/v1%2Fcourses",
    ])
    func missing(path: String) {
        #expect(outcome("GET", path) == "404")
    }

    @Test("paths that cannot be decoded, or would leave their folder, are malformed", arguments: [
        "/v1/courses/%", "/v1/courses/%2", "/v1/courses/%zz", "/v1/courses/%00", "/v1/courses/%ff", "/v1/courses/a%2Fb", "/v1/courses/a%2fb",
        "/v1/courses/..",
        "/v1/courses/%2e%2e", "/v1/courses/.", "/s/t/..", "/s/t/%2E%2e", "/s/t/a%2f..%2fb", "/s/../file", "/v1/courses/%C3",
    ])
    func malformed(path: String) {
        #expect(outcome("GET", path) == "400")
    }

    @Test("methods are told apart, HEAD stands for GET")
    func methods() {
        #expect(outcome("POST", "/v1/courses") == "/v1/courses")
        #expect(outcome("HEAD", "/v1/courses") == "/v1/courses")
        #expect(outcome("HEAD", "/uploads/1") == "/uploads/{id} 1")
        #expect(outcome("GET", "/uploads/1") == "405 HEAD")
        #expect(outcome("DELETE", "/v1/courses") == "405 GET,HEAD,POST")
        #expect(outcome("get", "/v1/courses") == "405 GET,HEAD,POST")
        #expect(outcome("PATCH", "/v1/courses/popular") == "405 GET,HEAD")
    }

    @Test("routes are listed as they were declared")
    func lists() {
        #expect(Self.router.routes.count == 11)
        #expect(Self.router.routes[7].method == "GET" && Self.router.routes[7].path == "/v1/courses/{id}/sections/{section}")
    }
}
