internal import Telemetry

/// What the pools of a process measure.
struct RedisMeter: Sendable {
    static let shared = RedisMeter()

    private let connections = Metrics.shared.gauge("redis_connections", help: "Connections to Redis that answer.")
    private let failures = Metrics.shared.counter("redis_failures_total", help: "Commands that failed, by kind of error.", labels: ["kind"])

    func connected() { connections.add(1) }
    func lost() { connections.add(-1) }
    func failed(_ error: RedisError) { failures.add(1, error.kind.name) }
}

extension RedisError.Kind {
    /// The kind in a word, for metrics and traces.
    var name: String {
        switch self {
        case .unavailable: "unavailable"
        case .connection: "connection"
        case .timeout: "timeout"
        case .overloaded: "overloaded"
        case .closed: "closed"
        case .server: "server"
        case .invalid: "invalid"
        case .unexpected: "unexpected"
        }
    }
}
