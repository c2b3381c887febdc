public import JSON
public import Telemetry

/// The facts of one type of event: declared in the contract of the service that tells them, written and read by the same type.
public protocol EventData: Sendable, JSONWritable {
    /// `lyceum.user.registered.v1`
    static var eventType: String { get }
    /// `/services/users`
    static var eventSource: String { get }
    /// The aggregate that it happened to.
    var eventSubject: String { get }
    /// Reads the facts; what is wrong is recorded in `fields`, what a later minor version added is let through.
    init(from fields: inout JSONFields)
}

extension Event {
    /// An event of these facts, as of `time`, within the current trace. On a thread that runs no task there is none: hand over the one of the task.
    public init(_ facts: some EventData, id: UUID16 = .v7(), time: Timestamp = .now, trace: Trace? = Trace.current) {
        let kind = Swift.type(of: facts)
        // What a JSONWriter wrote is JSON.
        let data = (try? JSONValue.parse(facts.jsonBuffer)) ?? .null
        self.init(id: id, source: kind.eventSource, type: kind.eventType, subject: facts.eventSubject, time: time, traceparent: trace?.traceparent, data: data)
    }

    /// The facts; throws `EventError` when the event is of another type or its data do not fit.
    public func facts<D: EventData>(_: D.Type = D.self) throws(EventError) -> D {
        guard type == D.eventType else { throw EventError("\(type) is not \(D.eventType)") }
        var fields = JSONFields(data, at: "/data")
        fields.ignoreUnknown()
        let facts = D(from: &fields)
        do { try fields.finish() } catch { throw EventError(error) }
        return facts
    }
}
