@testable import HTTP

/// A request line's target, from its bytes to the parameters of a route.
enum PathInput {
    private static let router: Router = {
        var router = Router()
        for path in [
            "/v1/courses", "/v1/courses/{course}", "/v1/courses/{course}/draft/sections/{section}/lectures", "/v1/me", "/v1/{kind}/me",
            "/s/{token}/{asset}/{hash}/{file}", "/v1/uploads/{upload}", "/.well-known/jwks.json", "/",
        ] { router.on("GET", path) { _ in Response() } }
        return router
    }()

    static func read(_ bytes: [UInt8]) -> CInt {
        guard let target = RequestTarget(bytes) else { return 0 }
        holds(target.path == "*" || target.path.hasPrefix("/"), "a path that does not begin with a slash")
        holds(target.path.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "a path with what no path has")
        holds(!target.path.utf8.contains(UInt8(ascii: "?")), "a path with a query in it")
        check(target.path)
        return 0
    }

    private static func check(_ path: String) {
        guard case .route(let route, let parameters) = router.match("GET", path) else { return }
        let names = route.path.split(separator: "/").filter { $0.hasPrefix("{") }
        holds(parameters.count == names.count, "another number of parameters than the route has")
        for value in parameters {
            holds(value != "." && value != "..", "a parameter that leads out of its folder")
            holds(!value.isEmpty && !value.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }, "a parameter that is no segment")
        }
        // What was decoded is what was sent: written again, escape by escape, it is found again.
        var values = parameters[...]
        let again = route.path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{") ? escaped(values.removeFirst()) : String(segment)
        }
        guard case .route(let other, let same) = router.match("GET", again.joined(separator: "/")) else { fatalError("a path that is lost when it is written again") }
        holds(other.path == route.path && same == parameters, "a path that is another one when it is written again")
    }
}

/// Every byte as an escape.
func escaped(_ text: String) -> String {
    text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
