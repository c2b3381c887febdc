public import HTTP
public import Telemetry

/// The routes of a service with all that is the same for each of them. What a listener serves, and what a test asks without one.
public struct RouteTable: Sendable {
    /// Why routes cannot be served together.
    public struct Conflict: Error, Sendable, Equatable, CustomStringConvertible {
        /// Names the routes.
        public let description: String
    }

    /// The routes as they were declared.
    public let routes: [Route]
    private let endpoints: [String: Endpoint]
    let serving: Serving
    let router: Router

    /// Throws `Conflict` when two routes match the same requests, a path is none, or a policy names nobody.
    public init(
        service: String, routes: [Route], authenticator: any Authenticating = NobodySignsIn(), log: Log, metrics: Metrics = .shared,
        tracer: Tracer? = nil
    ) throws(Conflict) {
        try self.init(service: service, routes: routes, authenticator: authenticator, admission: nil, log: log, metrics: metrics, tracer: tracer)
    }

    init(
        service: String, routes: [Route], authenticator: any Authenticating, admission: AdmissionQueue.Limits?, limiting: RateLimiting? = nil, log: Log,
        metrics: Metrics, tracer: Tracer? = nil
    ) throws(Conflict) {
        let serving = Serving(
            service: service, authenticator: authenticator, admission: admission, limiting: limiting, log: log, registry: metrics, tracer: tracer)
        var router = Router()
        var endpoints: [String: Endpoint] = [:]
        var shapes: [String: String] = [:]
        for route in routes {
            guard let path = RoutePath(route.path) else { throw Conflict(description: "\(route.method) \(route.path): this is no path of a route") }
            guard !route.policy.isEmpty else {
                throw Conflict(description: "\(route.method) \(route.path): its policy names nobody, so nobody has said who may")
            }
            let shape = "\(route.method) \(path.shape)"
            if let other = shapes.updateValue(route.path, forKey: shape) {
                throw Conflict(description: "\(route.method) \(route.path) and \(route.method) \(other) match the same requests")
            }
            if route.idempotency != .none && !route.policy.asksForUser {
                throw Conflict(description: "\(shape) takes an Idempotency-Key, which is a user's, so its policy must ask for one")
            }
            let endpoint = Endpoint(route: route, path: path, serving: serving)
            endpoints["\(route.method) \(route.path)"] = endpoint
            router.on(route.method, route.path) { request in await endpoint.respond(to: request, parameters: request.parameters) }
        }
        self.routes = routes
        self.endpoints = endpoints
        self.serving = serving
        self.router = router
    }

    /// The answer to a request, with everything that a listener would do around it.
    public func respond(to request: Request) async -> Response {
        switch router.match(request.method, request.path) {
        case .route(let route, let parameters):
            guard let endpoint = endpoints["\(route.method) \(route.path)"] else { return serving.refuse(.notFound(), request) }
            return await endpoint.respond(to: request, parameters: parameters)
        case .methodNotAllowed(let methods): return serving.refuse(.methodNotAllowed(methods), request)
        case .notFound: return serving.refuse(.notFound(), request)
        case .malformed: return serving.refuse(Self.problem(.malformed(.path)), request)
        }
    }

    /// The answer to a request that the listener gives to no route.
    func refuse(_ refusal: Refusal) -> Response { serving.refuse(Self.problem(refusal.reason), refusal.request) }

    private static func problem(_ reason: Refusal.Reason) -> Problem {
        switch reason {
        case .malformed(let part): .malformed("\(part.rawValue.prefix(1).uppercased())\(part.rawValue.dropFirst()).")
        case .notFound: .notFound()
        case .methodNotAllowed(let methods): .methodNotAllowed(methods)
        case .unsendable: .internalError()
        }
    }
}
