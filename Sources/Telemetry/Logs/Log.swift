/// Structured logs: one JSON object a line, with a message that never changes and the values beside it, so that lines can be counted and searched.
/// Personal data and secrets do not belong into either.
public struct Log: Sendable {
    public typealias Field = (StaticString, LogValue)

    private let level: LogLevel
    private let sink: any LogSink
    private var fields: [Field]

    /// Lines below `level` cost nothing but the comparison.
    public init(service: String, level: LogLevel = .info, sink: any LogSink = StandardOutputSink.shared) {
        self.level = level
        self.sink = sink
        fields = [("service", .string(service))]
    }

    /// The same log with a field on each of its lines.
    public func with(_ name: StaticString, _ value: LogValue) -> Log {
        var log = self
        log.fields.append((name, value))
        return log
    }

    public func debug(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.debug, message, fields) }
    public func info(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.info, message, fields) }
    public func notice(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.notice, message, fields) }
    public func warning(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.warning, message, fields) }
    public func error(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.error, message, fields) }

    private func write(_ level: LogLevel, _ message: StaticString, _ more: () -> [Field]) {
        guard level >= self.level else { return }
        var line = LogLine()
        line.add("time", .string(Timestamp.now.rfc3339))
        line.add("level", .string(level.rawValue))
        line.add("message", message)
        for (name, value) in fields { line.add(name, value) }
        if let trace = Trace.current {
            line.add("traceId", .string(trace.traceIDText))
            line.add("spanId", .string(trace.spanIDText))
        }
        for (name, value) in more() { line.add(name, value) }
        sink.write(line.finish())
    }
}
