internal import Kit
internal import Telemetry

/// What is measured of a consumer, by its queue.
struct ConsumerMetrics: Sendable {
    private let queue: String
    private let handled: Counter
    private let retried: Counter
    private let duration: Histogram
    private let age: Histogram
    private let depth: Gauge
    private let dead: Gauge

    init(_ metrics: Metrics, queue: String) {
        self.queue = queue
        handled = metrics.counter("events_handled_total", help: "Events by what became of them: done, dead, ignored.", labels: ["queue", "outcome"])
        retried = metrics.counter("events_retried_total", help: "Handler calls that failed and are tried again.", labels: ["queue"])
        duration = metrics.histogram("event_handler_seconds", help: "Time a handler took.", labels: ["queue"])
        age = metrics.histogram("event_age_seconds", help: "Time from an event to its effect.", labels: ["queue"])
        depth = metrics.gauge("events_queue_depth", help: "Messages that wait in the queue.", labels: ["queue"])
        dead = metrics.gauge("events_dead", help: "Messages in the dead-letter queue.", labels: ["queue"])
    }

    func done(_ events: [Event], seconds: Double) {
        handled.add(Double(events.count), queue, "done")
        duration.observe(seconds, queue)
        let now = Timestamp.now
        for event in events { age.observe(max(0, now - event.time), queue) }
    }

    func died(_ count: Int) { handled.add(Double(count), queue, "dead") }
    func ignored() { handled.add(1, queue, "ignored") }
    func triedAgain() { retried.add(1, queue) }
    func waiting(_ messages: Int) { depth.set(Double(messages), queue) }
    func lyingDead(_ messages: Int) { dead.set(Double(messages), queue) }
}
