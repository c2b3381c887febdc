/// Structured logs: one JSON object a line, with a message that never changes and the values beside it, so that lines can be counted and searched.
/// Personal data and secrets do not belong into either.
public struct Log: Sendable {
    public typealias Field = (StaticString, LogValue)

    private let level: LogLevel
    private let sink: any LogSink
    /// What stands on each line, written already.
    private var fields = LogLine()

    /// Lines below `level` cost nothing but the comparison.
    public init(service: String, level: LogLevel = .info, sink: any LogSink = StandardOutputSink.shared) {
        self.level = level
        self.sink = sink
        fields.add("service", .string(service))
    }

    /// The same log with a field on each of its lines.
    public func with(_ name: StaticString, _ value: LogValue) -> Log {
        var log = self
        log.fields.add(name, value)
        return log
    }

    public func debug(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.debug, message, fields) }
    public func info(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.info, message, fields) }
    public func notice(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.notice, message, fields) }
    public func warning(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.warning, message, fields) }
    public func error(_ message: StaticString, _ fields: @autoclosure () -> [Field] = []) { write(.error, message, fields) }

    private func write(_ level: LogLevel, _ message: StaticString, _ more: () -> [Field]) {
        guard level >= self.level else { return }
        var line = LogLine(at: .now)
        line.add("level", level.name)
        line.add("message", message)
        line.append(fields)
        if let trace = Trace.current {
            line.addHexadecimal("traceId", trace.traceID.0, trace.traceID.1)
            line.addHexadecimal("spanId", trace.spanID)
        }
        for (name, value) in more() { line.add(name, value) }
        sink.write(line.finish())
    }
}
