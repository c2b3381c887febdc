import HTTP
import Telemetry

/// What all routes of a service have in common: who asks, what is counted and logged, and what every answer carries.
struct Serving: Sendable {
    let authenticator: any Authenticating
    let log: Log
    let metrics: RequestMetrics
    let tracer: Tracer?
    /// Nil where everything that comes is run.
    let admission: Admission?
    /// Nil where no limit of a route is held.
    let limiting: RateLimiting?
    private let unrouted: RouteMetrics

    init(
        service: String, authenticator: any Authenticating, admission: AdmissionQueue.Limits?, limiting: RateLimiting?, log: Log, registry: Metrics,
        tracer: Tracer? = nil
    ) {
        self.limiting = limiting
        self.authenticator = authenticator
        self.admission = admission.map { Admission($0, service: service, log: log, registry: registry) }
        self.log = log
        self.tracer = tracer
        metrics = RequestMetrics(service: service, registry: registry)
        unrouted = metrics.unrouted
    }

    /// What a thrown error tells the client. The error itself goes to the log only.
    func response(for error: any Error, _ trace: Trace, _ log: Log) -> Response {
        // Whatever its cancelled task threw: nobody reads the answer. The status is what nginx logs in this case.
        if Task.isCancelled { return Response(status: 499) }
        guard let convertible = error as? any ProblemConvertible else {
            log.error("request failed", [("error", .string("\(type(of: error)): \(error)"))])
            return Problem.internalError().response(traceId: trace.traceIDText)
        }
        let problem = convertible.problem
        if problem.status >= 500 { log.warning("request not served", [("error", .string("\(error)"))]) }
        return problem.response(traceId: trace.traceIDText)
    }

    /// Header fields that every answer carries.
    func finish(_ response: inout Response, requestId: String, isPersonal: Bool) {
        response.headers.append(("x-request-id", requestId))
        response.headers.append(("x-content-type-options", "nosniff"))
        if isPersonal && response.header("cache-control") == nil { response.headers.append(("cache-control", "no-store")) }
    }

    /// The answer to a request that no route gets.
    func refuse(_ problem: Problem, _ request: Request) -> Response {
        let identity = RequestIdentity(request, tracer)
        var response = problem.response(traceId: identity.trace.traceIDText)
        finish(&response, requestId: identity.id, isPersonal: false)
        let method = request.method
        unrouted.count(method, status: problem.status, seconds: 0)
        identity.span(method, route: nil)?.end(status: problem.status)
        Trace.$current.withValue(identity.trace) {
            log.info("request", [
                ("requestId", .string(identity.id)), ("method", .string(method)), ("route", "(none)"), ("status", .int(problem.status)),
            ])
        }
        return response
    }
}
