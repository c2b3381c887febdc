public import Telemetry
internal import Loop

/// A line of the log for what may happen thousands of times a second: once a second at most, with how often it has happened since the last line.
public final class RareWarning: Sendable {
    private let log: Log
    private let message: StaticString
    private let state = Locked((count: 0, toldAt: Int.min / 2))

    /// Writes `message` to `log`, with the field `times`.
    public init(_ message: StaticString, to log: Log) {
        self.log = log
        self.message = message
    }

    /// It has happened.
    public func happened(_ fields: [Log.Field] = []) {
        let now = monotonicMicroseconds()
        let times: Int? = state.withLock { state in
            state.count += 1
            guard now - state.toldAt >= 1_000_000 else { return nil }
            defer { state = (0, now) }
            return state.count
        }
        if let times { log.warning(message, [("times", .int(times))] + fields) }
    }
}
