public import JSON
public import Telemetry

/// Something that happened: a CloudEvents 1.0 envelope around facts. Holds ids, never names or addresses of people.
public struct Event: Sendable, Equatable {
    /// Unique and ordered by time of making.
    public let id: UUID16
    /// Who says so: `/services/users`.
    public let source: String
    /// What happened: `lyceum.user.registered.v1`.
    public let type: String
    /// The aggregate that it happened to; events of one subject are delivered in order.
    public let subject: String
    /// When it became true.
    public let time: Timestamp
    /// The trace in which it became true (W3C), so that its handling is seen in the same trace.
    public let traceparent: String?
    /// The facts; always an object.
    public let data: JSONValue

    /// An event as it happened just now, or as a store kept it.
    public init(
        id: UUID16 = .v7(), source: String, type: String, subject: String, time: Timestamp = .now,
        traceparent: String? = Trace.current?.traceparent, data: JSONValue
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.traceparent = traceparent
        self.data = data
    }

    /// The step in which it became true; nil when none was noted.
    public var trace: Trace? { traceparent.flatMap { Trace(traceparent: $0) } }
}

extension Event: JSONWritable {
    /// The envelope in CloudEvents' JSON format.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("specversion", "1.0")
        json.field("id", id)
        json.field("source", source)
        json.field("type", type)
        json.field("subject", subject)
        json.field("time", time.rfc3339)
        json.field("datacontenttype", "application/json")
        if let traceparent { json.field("traceparent", traceparent) }
        json.field("data", data)
        json.endObject()
    }
}

extension Event {
    /// Reads an envelope: every attribute of ours there and of its form. Others are let through (CloudEvents 1.0, section 3: extension attributes),
    /// so that a producer may add one before its consumers know it.
    public init(decoding bytes: [UInt8]) throws(EventError) {
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch { throw EventError("not JSON: \(error)") }
        try self.init(value)
    }

    /// Reads an envelope that was parsed already.
    public init(_ value: JSONValue) throws(EventError) {
        var fields = JSONFields(value)
        if fields.string("specversion", length: 1...8) != "1.0" { fields.fail("specversion", "must be 1.0") }
        let id = fields.parsed("id", "a UUID") { UUID16($0) }
        let source = fields.string("source", length: 1...200)
        let type = fields.string("type", length: 1...200)
        let subject = fields.string("subject", length: 1...200)
        let time = fields.parsed("time", "an RFC 3339 time") { Timestamp(rfc3339: $0) }
        if let content = fields.optionalString("datacontenttype", length: 1...100), content != "application/json" {
            fields.fail("datacontenttype", "must be application/json")
        }
        let traceparent = fields.optionalParsed("traceparent", "a W3C traceparent") { Trace(traceparent: $0) == nil ? nil : $0 }
        let data = fields.value("data") ?? .null
        if data.objectValue == nil { fields.fail("data", "must be an object") }
        fields.ignoreUnknown()
        do { try fields.finish() } catch { throw EventError(error) }
        guard let id, let time else { throw EventError("id or time is missing") }
        self.init(id: id, source: source, type: type, subject: subject, time: time, traceparent: traceparent, data: data)
    }
}
