internal import Telemetry

/// What is measured of a relay, by service.
struct RelayMetrics: Sendable {
    private let service: String
    private let unpublished: Gauge
    private let oldest: Gauge
    private let leading: Gauge
    private let published: Counter
    private let unroutable: Counter

    init(_ metrics: Metrics, service: String) {
        self.service = service
        unpublished = metrics.gauge("outbox_unpublished", help: "Events that wait to be published.", labels: ["service"])
        oldest = metrics.gauge("outbox_oldest_seconds", help: "Age of the oldest event that waits to be published.", labels: ["service"])
        leading = metrics.gauge("outbox_relay_leading", help: "1 where this process publishes the service's outbox.", labels: ["service"])
        published = metrics.counter("outbox_published_total", help: "Events published and confirmed.", labels: ["service"])
        unroutable = metrics.counter("outbox_unroutable_total", help: "Events published that no queue wanted.", labels: ["service"])
    }

    func backlog(_ backlog: OutboxBacklog) {
        unpublished.set(Double(backlog.count), service)
        oldest.set(backlog.oldestSeconds, service)
    }

    func isLeading(_ isLeading: Bool) { leading.set(isLeading ? 1 : 0, service) }

    func published(_ round: RelayRound) {
        if !round.done.isEmpty { published.add(Double(round.done.count), service) }
        if !round.unroutable.isEmpty { unroutable.add(Double(round.unroutable.count), service) }
    }
}
