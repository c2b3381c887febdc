internal import Telemetry

/// How calls to other services went, as `/metrics` shows it.
struct CallMetrics: Sendable {
    private let calls: Counter
    private let seconds: Histogram
    private let retries: Counter

    init(_ metrics: Metrics) {
        calls = metrics.counter("service_calls_total", help: "Calls to other services by how they ended.", labels: ["service", "outcome"])
        seconds = metrics.histogram("service_call_seconds", help: "How long calls to other services took, repetitions included.", labels: ["service"])
        retries = metrics.counter("service_call_retries_total", help: "Calls to other services that were sent again.", labels: ["service"])
    }

    /// A call has ended: with a status, or with the name of what went wrong.
    func ended(_ service: String, _ outcome: String, after duration: Duration) {
        calls.add(1, service, outcome)
        let (whole, attoseconds) = duration.components
        seconds.observe(Double(whole) + Double(attoseconds) / 1e18, service)
    }

    /// A call is sent again.
    func retried(_ service: String) { retries.add(1, service) }
}
