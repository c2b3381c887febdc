import Telemetry

/// Rate, errors and duration of a service's requests, by matched route.
struct RequestMetrics: Sendable {
    private let service: String
    private let requests: Counter
    private let duration: Histogram

    init(service: String, registry: Metrics) {
        self.service = service
        requests = registry.counter(
            "http_requests_total", help: "Requests answered, by matched route.", labels: ["service", "method", "route", "status"])
        duration = registry.histogram(
            "http_request_duration_seconds", help: "From the head of a request to the head of its answer.", labels: ["service", "method", "route"])
    }

    func count(_ method: String, _ route: String, status: Int, seconds: Double) {
        let method = Self.methods.contains(method) ? method : "other"
        requests.add(1, service, method, route, String(status))
        duration.observe(seconds, service, method, route)
    }

    /// A client may send any word as a method.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
