public import JSON
public import Telemetry

extension UUID16: JSONWritable {
    /// Writes the canonical form as a JSON string, with no string made on the way.
    public func write(to json: inout JSONWriter) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
            text.initialize(repeating: 0)
            write(to: text)
            json.string(UnsafeBufferPointer(text))
        }
    }
}
