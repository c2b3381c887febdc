public import JSON
public import Telemetry

extension JSONFields {
    /// An id. What it returns for a wrong field is not used: `finish` throws.
    public mutating func id<Of>(_ name: String) -> ID<Of> { parsed(name, "an id") { ID<Of>($0) } ?? ID(UUID16(high: 0, low: 0)) }
    /// The same, nil when it is absent or null.
    public mutating func optionalID<Of>(_ name: String) -> ID<Of>? { optionalParsed(name, "an id") { ID<Of>($0) } }
    /// An array of ids.
    public mutating func ids<Of>(_ name: String, count: ClosedRange<Int>) -> [ID<Of>] {
        strings(name, count: count, length: 0...36).compactMap { text in
            if let id = ID<Of>(text) { return id }
            fail(name, "must hold ids")
            return nil
        }
    }

    /// An instant (RFC 3339).
    public mutating func timestamp(_ name: String) -> Timestamp {
        parsed(name, "a time like 2026-11-21T13:40:36Z") { Timestamp(rfc3339: $0) } ?? Timestamp(microseconds: 0)
    }
    /// The same, nil when it is absent or null.
    public mutating func optionalTimestamp(_ name: String) -> Timestamp? {
        optionalParsed(name, "a time like 2026-11-21T13:40:36Z") { Timestamp(rfc3339: $0) }
    }
}
