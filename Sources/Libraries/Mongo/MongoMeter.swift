internal import Telemetry

/// What the pools of a process measure.
struct MongoMeter: Sendable {
    static let shared = MongoMeter()

    private let operations = Metrics.shared.histogram("mongo_operation_seconds", help: "Time on a thread, the server's answer included.").series()
    private let waits = Metrics.shared.histogram("mongo_wait_seconds", help: "Time until a thread was free.").series()
    private let waiting = Metrics.shared.gauge("mongo_waiting", help: "Operations that wait for a thread, when the last one was queued.").series()
    private let failures = Metrics.shared.counter("mongo_failures_total", help: "Operations that failed, by kind of error.", labels: ["kind"])
    private let retries = Metrics.shared.counter("mongo_transaction_retries_total", help: "Transactions and commits that were tried again.")

    func queued(_ count: Int) { waiting.set(Double(count)) }
    func begun(afterMilliseconds waited: Int) { waits.observe(Double(waited) / 1000) }
    func ended(afterMilliseconds taken: Int) { operations.observe(Double(taken) / 1000) }
    func failed(_ error: MongoError) { failures.add(1, error.kind.name) }
    func retried() { retries.add(1) }
}

extension MongoError.Kind {
    /// The kind in a word, for metrics and traces.
    var name: String {
        switch self {
        case .connection: "connection"
        case .timeout: "timeout"
        case .overloaded: "overloaded"
        case .closed: "closed"
        case .duplicateKey: "duplicateKey"
        case .writeConflict: "writeConflict"
        case .validation: "validation"
        case .historyLost: "historyLost"
        case .writeConcern: "writeConcern"
        case .unauthorized: "unauthorized"
        case .server: "server"
        case .invalid: "invalid"
        }
    }
}
