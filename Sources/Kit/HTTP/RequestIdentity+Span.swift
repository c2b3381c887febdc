import Telemetry

extension RequestIdentity {
    /// The step of the trace that answers the request, by its matched route. The path itself is not said: it may hold a signature.
    func span(_ method: String, route: String?) -> ActiveSpan? {
        guard trace.tracer != nil else { return nil }
        // A client may send any word as a method.
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method)
        let name = route.map { "\(method) \($0)" } ?? (known ? method : "HTTP")
        guard var span = ActiveSpan(at: trace, after: parent, .server, name) else { return nil }
        span.set("http.request.method", .string(known ? method : "_OTHER"))
        if let route { span.set("http.route", .string(route)) }
        return span
    }
}

extension ActiveSpan {
    /// The request was answered. What the client did wrong is no failure of the server.
    func end(status: Int) {
        var span = self
        span.set("http.response.status_code", .int(status))
        span.end(failure: status >= 500 ? "\(status)" : nil)
    }
}
