public import JSON
public import Telemetry

extension Timestamp: JSONWritable {
    /// Writes RFC 3339 in UTC as a JSON string, with no string made on the way.
    public func write(to json: inout JSONWriter) {
        json.string(ofPlain: 24) { write(to: $0) }
    }
}
