internal import Telemetry

/// What became of spans, as `/metrics` shows it.
struct OTLPMetrics: Sendable {
    private let exported: Counter
    private let dropped: Counter

    init(_ metrics: Metrics) {
        exported = metrics.counter("trace_spans_exported_total", help: "Spans that the collector took.")
        dropped = metrics.counter(
            "trace_spans_dropped_total", help: "Spans that nobody will see, by reason: queue_full, rejected, lost.", labels: ["reason"])
    }

    func exported(_ count: Int) { exported.add(Double(count)) }
    func dropped(_ count: Int, _ reason: String) { if count > 0 { dropped.add(Double(count), reason) } }
}
