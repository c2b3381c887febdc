internal import Curl
internal import Kit
internal import Telemetry

/// The step of a trace that asks another service once.
struct CallSpan {
    private var span: ActiveSpan
    /// Where it goes on over there.
    var trace: Trace { span.trace }

    /// Nil when nobody keeps the task's trace.
    init?(of call: ServiceCall, _ request: CurlRequest, _ attempt: Int) {
        guard let span = ActiveSpan.begin(.client, "\(call.method) \(call.service)") else { return nil }
        self.span = span
        self.span.set("http.request.method", .string(call.method))
        self.span.set("peer.service", .string(call.service))
        if let url = ConnectionURL(request.url) {
            // Without the query: what it asks for is nobody's business who reads traces.
            self.span.set("url.full", .string(String(url.description.prefix { $0 != "?" })))
            self.span.set("server.address", .string(url.host))
            self.span.set("server.port", .int(Int(url.port ?? (url.scheme == "https" ? 443 : 80))))
        }
        if attempt > 1 { self.span.set("http.request.resend_count", .int(attempt - 1)) }
    }

    /// What came of it. Any answer below 400 is a success, as OpenTelemetry has it for clients.
    func end(_ result: Result<Int, CurlError>) {
        switch result {
        case .failure(let error): span.end(failure: ServiceCallError.Kind(error).label)
        case .success(let status):
            var span = span
            span.set("http.response.status_code", .int(status))
            span.end(failure: status >= 400 ? "\(status)" : nil)
        }
    }
}
