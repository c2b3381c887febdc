import Telemetry

/// What the metrics endpoint says of the database connections of this process.
struct PostgresMeter: Sendable {
    static let shared = PostgresMeter()

    private let connections = Metrics.shared.gauge("postgres_connections", help: "Open connections to PostgreSQL.")
    private let connects = Metrics.shared.counter(
        "postgres_connects_total", help: "Attempts to connect to PostgreSQL, by result.", labels: ["result"])
    private let losses = Metrics.shared.counter("postgres_connections_lost_total", help: "Connections that ended without our doing.")
    private let refusals = Metrics.shared.counter(
        "postgres_pool_refusals_total", help: "Callers that got no connection, by reason.", labels: ["reason"])
    private let retries = Metrics.shared.counter("postgres_retries_total", help: "Calls that were made again, by reason.", labels: ["reason"])

    func opened() {
        connections.add(1)
        connects.add(1, "ok")
    }
    func connectFailed() { connects.add(1, "failed") }
    func closed(wasLost: Bool) {
        connections.add(-1)
        if wasLost { losses.add() }
    }
    func refused(_ why: PoolState.Refusal) { refusals.add(1, "\(why)") }
    func retried(_ reason: String) { retries.add(1, reason) }
}
