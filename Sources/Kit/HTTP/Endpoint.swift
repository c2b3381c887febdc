import HTTP
import Loop
import Telemetry

/// One route as it is served: trace, deadline, policy, handler, problem, log line and metrics around each request.
struct Endpoint: Sendable {
    let route: Route
    let path: RoutePath
    let serving: Serving
    private let metrics: RouteMetrics
    private let addressLimits: [RateLimit]
    private let personLimits: [RateLimit]

    init(route: Route, path: RoutePath, serving: Serving) {
        self.route = route
        self.path = path
        self.serving = serving
        metrics = serving.metrics.route(path.template, method: route.method)
        let limits = serving.limiting?.holding(route.limits) ?? []
        addressLimits = limits.filter { $0.client == .address }
        personLimits = limits.filter { $0.client == .person }
    }

    func respond(to request: Request, parameters: [String]) async -> Response {
        let began = monotonicMicroseconds()
        guard route.isShed, let admission = serving.admission else { return await served(request, parameters, began, nil) }
        guard await admission.enter(on: request.loop) else { return shed(request, RequestIdentity(request, nil), began) }
        let place = request.hasBody ? Place(admission, on: request.loop) : nil
        let response = await served(request, parameters, began, place)
        if let place { place.leave() } else { admission.leave() }
        return response
    }

    private func served(_ request: Request, _ parameters: [String], _ began: Int, _ place: Place?) async -> Response {
        let identity = RequestIdentity(request, serving.tracer)
        let span = route.isQuiet ? nil : identity.span(request.method, route: path.template)
        let log = serving.log.with("requestId", .string(identity.id))
        let deadline = Deadline(milliseconds: timeout(of: request))
        return await Trace.$current.withValue(identity.trace) {
            var response = await deadline.during { await answer(request, parameters, identity, log, deadline, place) }
            if place?.isRefused == true { return shed(request, identity, began) }
            if case .stream(let length, let pull) = response.body { response.body = .stream(length: length, traced(pull, identity, log)) }
            serving.finish(&response, requestId: identity.id, isPersonal: route.policy.isPersonal)
            let microseconds = monotonicMicroseconds() - began
            span?.end(status: response.status)
            metrics.count(request.method, status: response.status, seconds: Double(microseconds) / 1_000_000)
            if !route.isQuiet {
                log.info("request", [
                    ("method", .string(request.method)), ("route", .string(path.template)), ("status", .int(response.status)),
                    ("microseconds", .int(microseconds)),
                ])
            }
            return response
        }
    }

    /// Told to come back later, before anything was done. It is counted, and leaves neither a line in the access log nor a span: refusing must cost next to
    /// nothing.
    private func shed(_ request: Request, _ identity: RequestIdentity, _ began: Int) -> Response {
        var response = Task.isCancelled ? Response(status: 499) : Problem.overloaded().response(traceId: identity.trace.traceIDText)
        serving.finish(&response, requestId: identity.id, isPersonal: false)
        metrics.count(request.method, status: response.status, seconds: Double(monotonicMicroseconds() - began) / 1_000_000)
        return response
    }

    /// A streamed body is made after the answer: in the trace of its request, and with its id on the line of the log when it breaks off.
    private func traced(
        _ pull: @escaping @Sendable () async throws -> [UInt8]?, _ identity: RequestIdentity, _ log: Log
    ) -> @Sendable () async throws -> [UInt8]? {
        {
            try await Trace.$current.withValue(identity.trace) {
                do { return try await pull() } catch {
                    if !Task.isCancelled { log.error("an answer broke off", [("route", .string(path.template)), ("error", .string("\(error)"))]) }
                    throw error
                }
            }
        }
    }

    /// Another service says how long its own caller still waits; from anybody else the field means nothing.
    private func timeout(of request: Request) -> Int {
        let own = route.timeoutMilliseconds
        guard case .service = route.policy, let left = request.header("x-request-timeout-ms").flatMap({ Int($0) }) else { return own }
        return min(own, max(0, left))
    }

    private func answer(
        _ request: Request, _ parameters: [String], _ identity: RequestIdentity, _ log: Log, _ deadline: Deadline, _ place: Place?
    ) async -> Response {
        var spent = SpentLimits()
        var response: Response
        do {
            let principal = try await letIn(request, &spent)
            let context = RequestContext(
                request: request, principal: principal, log: log, requestId: identity.id, deadline: deadline, bodyLimit: route.bodyLimit, place: place,
                queryItems: request.queryItems(), parameterNames: path.parameters, parameters: parameters,
                keyed: try KeyedRequest(request, route))
            response = try await route.handler(context)
        } catch {
            // Nothing that the log should tell of: it is answered as what was not begun.
            if place?.isRefused == true { return Response(status: 503) }
            response = serving.response(for: error, identity.trace, log)
        }
        spent.write(to: &response)
        return response
    }

    /// Who asks, once the policy and all limits have let them in.
    private func letIn(_ request: Request, _ spent: inout SpentLimits) async throws -> Principal? {
        if let limiting = serving.limiting {
            try await spent.take(addressLimits, client: limiting.addresses.network(of: request), limiting.limiter)
        }
        let principal = try await serving.authenticator.principal(for: route.policy, authorization: request.headers("authorization"))
        // The policy holds whatever an authenticator says.
        try route.policy.check(principal)
        if let limiting = serving.limiting {
            let client = { principal?.userID.map { "user \($0)" } ?? limiting.addresses.network(of: request) }
            try await spent.take(personLimits, client: client(), limiting.limiter)
        }
        return principal
    }
}
