public import JSON
public import Telemetry

extension UUID16: JSONWritable {
    /// Writes the canonical form as a JSON string, with no string made on the way.
    public func write(to json: inout JSONWriter) {
        json.string(ofPlain: 36) { write(to: $0) }
    }
}
