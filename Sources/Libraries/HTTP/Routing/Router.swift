/// Paths to handlers. `/v1/courses/{id}` has a parameter. Literal segments win over parameters; where the literal leads nowhere the parameter is
/// tried.
///
/// Paths are compared segment by segment as they were sent; parameters are decoded one by one. A decoded parameter never is `.` or `..` and
/// never holds a `/` or a NUL: such a path is malformed.
public struct Router: Sendable {
    /// Answers one request. It never throws: errors have become answers by then.
    public typealias Handler = @Sendable (Request) async -> Response

    /// A route: how it was declared and what answers it.
    public struct Route: Sendable {
        /// The method, such as `GET`.
        public let method: String
        /// The template, such as `/v1/courses/{id}`.
        public let path: String
        /// What answers it.
        public let handler: Handler
    }

    /// What a method and a path come to.
    public enum Match: Sendable {
        /// A route and the values of its parameters.
        case route(Route, parameters: [String])
        /// The path has routes, but for these methods only.
        case methodNotAllowed([String])
        /// No route has the path.
        case notFound
        /// The path cannot be decoded.
        case malformed
    }

    private var root = RouteNode()
    /// Every route in the order of declaration.
    public private(set) var routes: [Route] = []

    /// A router without routes.
    public init() {}

    /// Adds a route. Traps on a template that is none and on a method and path that are there already: those are mistakes of the program.
    public mutating func on(_ method: String, _ path: String, _ handler: @escaping Handler) {
        precondition(path.hasPrefix("/"), "route \(path) does not begin with /")
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { RouteSegment(String($0)) }
        let route = Route(method: method, path: path, handler: handler)
        let isNew = root.insert(segments[...], route)
        precondition(isNew, "route \(method) \(path) is declared twice")
        routes.append(route)
    }

    /// Finds the route of a path as it was sent. HEAD goes to the GET route where there is none of its own.
    public func match(_ method: String, _ path: String) -> Match {
        guard path.utf8.first == UInt8(ascii: "/") else { return .notFound }
        var found = RouteNode.Search()
        var path = path
        path.withUTF8 { _ = root.find($0, from: 1, &found) }
        guard let end = found.end else { return found.isMalformed ? .malformed : .notFound }
        if let route = end.route(method) ?? (method == "HEAD" ? end.route("GET") : nil) { return .route(route, parameters: found.parameters) }
        return .methodNotAllowed(end.allowedMethods)
    }
}
