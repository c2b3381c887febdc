import HTTP
import JSON
public import Loop
public import Telemetry

/// The port of a service that the public never reaches: health, metrics, and the routes that other services call.
public struct AdminService: Service {
    /// For logs: `users admin`.
    public let name: String
    private let http: HTTPService

    /// `checks` say whether the service has what it needs; `routes` are for other services. Throws `RouteTable.Conflict` when two routes match the
    /// same requests, or one is not for services.
    public init(
        service: String, checks: [HealthCheck], routes: [Route] = [], authenticator: any Authenticating = NobodySignsIn(),
        configuration: HTTPService.Configuration, loops: LoopGroup, log: Log, state: RunState = .process, metrics: Metrics = .shared,
        tracer: Tracer? = nil
    ) throws(RouteTable.Conflict) {
        for route in routes {
            guard case .service = route.policy else {
                throw RouteTable.Conflict(description: "\(route.method) \(route.path) is on the internal port, so its policy must name services")
            }
        }
        let checker = HealthChecker(checks, state: state)
        let table = try RouteTable(
            service: service, routes: Self.routes(checker, metrics) + routes, authenticator: authenticator, log: log, metrics: metrics, tracer: tracer)
        name = "\(service) admin"
        http = HTTPService(name: name, table: table, configuration: configuration, loops: loops, log: log, state: state)
    }

    /// The routes, to be asked without a socket.
    public var table: RouteTable { http.table }

    /// The port, while it listens.
    public var port: UInt16? { http.port }

    /// Serves until the task is cancelled.
    public func run() async throws { try await http.run() }

    /// The same; says when it listens.
    public func run(started: Started) async throws { try await http.run(started: started) }

    private static func routes(_ checker: HealthChecker, _ metrics: Metrics) -> [Route] {
        let live = Route("GET", "/health/live", .anyone, isQuiet: true) { _ in
            .json(headers: [("cache-control", "no-store")], JSONWriter.object { $0.field("status", "live") })
        }
        let ready = Route("GET", "/health/ready", .anyone, isQuiet: true) { context in
            let report = await checker.report(on: context.request.loop)
            return .json(status: report.isReady ? 200 : 503, headers: [("cache-control", "no-store")], report)
        }
        let text = Route("GET", "/metrics", .anyone, isQuiet: true) { _ in
            Response(headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")], body: .bytes(Buffer(metrics.text())))
        }
        return [live, ready, text]
    }
}
