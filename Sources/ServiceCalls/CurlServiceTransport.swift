public import Curl
internal import JSON
public import Kit
internal import Loop
public import Telemetry

/// Calls to other services over HTTP: with a token that names this service, the trace of the task, and never longer than its deadline.
///
/// A call that may be repeated is sent up to three times when the connection fails or the answer is 503. A service that failed five times
/// running is left alone for a second (`circuitOpen`), then one call finds out whether it is back.
public struct CurlServiceTransport: ServiceTransport {
    /// Bytes of an answer's body.
    private static let answerLimit = 4 << 20

    private let client: CurlClient
    private let tokens: ServiceTokenSource
    private let address: @Sendable (String) -> String?
    private let log: Log
    private let metrics: CallMetrics

    /// A transport for the service that `tokens` speaks for. `address` gives the base of a service's internal routes, without a slash at
    /// its end (`http://127.0.0.1:7430`), nil for a service that is not configured.
    public init(
        client: CurlClient, tokens: ServiceTokenSource, log: Log, metrics: Metrics = .shared, address: @escaping @Sendable (String) -> String?
    ) {
        self.client = client
        self.tokens = tokens
        self.address = address
        self.log = log
        self.metrics = CallMetrics(metrics)
    }

    /// Sends the call; see `ServiceTransport`.
    public func call(_ call: ServiceCall) async throws(ServiceCallError) -> ServiceAnswer {
        let began = ContinuousClock.now
        do throws(ServiceCallError) {
            let answer = try await answer(to: call, by: Deadline(milliseconds: Deadline.milliseconds(atMost: call.timeoutMilliseconds)))
            metrics.ended(call.service, "\(answer.status)", after: ContinuousClock.now - began)
            return answer
        } catch {
            metrics.ended(call.service, error.kind.label, after: ContinuousClock.now - began)
            log.warning("a call to another service failed", [("target", .string(call.service)), ("reason", .string(error.description))])
            throw error
        }
    }

    private func answer(to call: ServiceCall, by deadline: Deadline) async throws(ServiceCallError) -> ServiceAnswer {
        var request = try await request(for: call)
        request.timeoutMilliseconds = deadline.remainingMilliseconds
        var retry = CurlRetry()
        retry.onTry = { request, attempt in Self.prepare(&request, for: call, attempt) }
        retry.onRetry = { [log, metrics] attempt in
            log.debug("a call to another service is sent again", [("target", .string(call.service)), ("attempt", .int(attempt))])
            metrics.retried(call.service)
        }
        let response: CurlResponse
        do throws(CurlError) { response = try await client.call(request, retry) } catch {
            throw ServiceCallError(service: call.service, kind: ServiceCallError.Kind(error))
        }
        return try read(response, of: call)
    }

    /// Each try is a step of the trace, and tells the service how long its answer is waited for.
    private static func prepare(
        _ request: inout CurlRequest, for call: ServiceCall, _ attempt: Int
    ) -> (@Sendable (Result<Int, CurlError>) -> Void)? {
        let span = CallSpan(of: call, request, attempt)
        request.headers.append(HeaderField("traceparent", (span?.trace ?? Trace.current ?? .random()).traceparent))
        request.headers.append(HeaderField("x-request-timeout-ms", "\(Deadline.milliseconds(atMost: request.timeoutMilliseconds))"))
        guard let span else { return nil }
        return { result in span.end(result) }
    }

    private func request(for call: ServiceCall) async throws(ServiceCallError) -> CurlRequest {
        guard let base = address(call.service), let token = try? await tokens.token(for: call.service) else {
            log.error("another service has no address, or no token can be signed for it", [("target", .string(call.service))])
            throw ServiceCallError(service: call.service, kind: .unreachable)
        }
        var headers = [HeaderField("Authorization", "Bearer \(token)"), HeaderField("Accept", "application/json")]
        if call.body != nil { headers.append(HeaderField("Content-Type", "application/json")) }
        var request = CurlRequest(call.method, base + call.path, headers: headers, body: call.body, limit: Self.answerLimit)
        request.mayRepeat = call.isIdempotent
        return request
    }

    private func read(_ response: CurlResponse, of call: ServiceCall) throws(ServiceCallError) -> ServiceAnswer {
        if response.body.isEmpty { return ServiceAnswer(status: response.status) }
        do throws(JSONError) { return ServiceAnswer(status: response.status, body: try JSONValue.parse(response.body)) } catch {
            // Of an error the status says enough: a proxy in between may have put its own page there.
            guard 200...299 ~= response.status else { return ServiceAnswer(status: response.status) }
            throw ServiceCallError(service: call.service, kind: .unreadable(error.description))
        }
    }
}

extension ServiceCallError.Kind {
    /// What a caller of a service is told of what happened to the transfer.
    init(_ error: CurlError) {
        self = switch error.kind {
        case .timeout, .cancelled: .timeout
        case .tooLarge, .protocolViolation: .unreadable(error.message)
        case .circuitOpen: .circuitOpen
        case .connection, .tls, .overloaded, .invalidRequest, .forbidden, .refused, .source, .closed, .library: .unreachable
        }
    }

    /// As a metric's label.
    var label: String {
        switch self {
        case .unreachable: "unreachable"
        case .timeout: "timeout"
        case .circuitOpen: "circuit_open"
        case .unexpectedStatus: "unexpected_status"
        case .unreadable: "unreadable"
        }
    }
}
