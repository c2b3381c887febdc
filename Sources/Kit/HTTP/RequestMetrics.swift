import Telemetry

/// Rate, errors and duration of a service's requests, by matched route.
struct RequestMetrics: Sendable {
    let service: String
    let requests: Counter
    let duration: Histogram

    init(service: String, registry: Metrics) {
        self.service = service
        requests = registry.counter(
            "http_requests_total", help: "Requests answered, by matched route.", labels: ["service", "method", "route", "status"])
        duration = registry.histogram(
            "http_request_duration_seconds", help: "From the head of a request to the head of its answer.", labels: ["service", "method", "route"])
    }

    /// For a route of this method; GET is HEAD as well.
    func route(_ template: String, method: String) -> RouteMetrics {
        RouteMetrics(self, template, methods: method == "GET" ? ["GET", "HEAD"] : [method])
    }

    /// For what no route gets. A client may send any word as a method: the others are counted together.
    var unrouted: RouteMetrics { RouteMetrics(self, "(none)", methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) }
}
