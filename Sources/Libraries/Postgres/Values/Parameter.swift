public import Telemetry

/// A value for `$1`, `$2`, …, sent in binary under its own type: the server casts or refuses what does not fit, it never misreads it.
///
/// `text` alone is sent without a type and takes that of its place: enum, numeric, inet, interval, multirange and others are written as their text.
/// Give an array of such a type as `textArray` with a cast in the statement (`$1::text[]::color[]`).
public enum Parameter: Sendable, Equatable {
    /// NULL, of whatever type its place has.
    case null
    /// boolean
    case bool(Bool)
    /// smallint
    case int2(Int16)
    /// integer
    case int4(Int32)
    /// bigint
    case int8(Int64)
    /// double precision
    case float8(Double)
    /// text, or the text of any type. A NUL in it is refused.
    case text(String)
    /// uuid
    case uuid(UUID16)
    /// bytea
    case bytes([UInt8])
    /// timestamptz, in microseconds since 1970-01-01T00:00:00Z
    case timestamp(microsecondsSince1970: Int64)
    /// jsonb, as its UTF-8 text
    case jsonb([UInt8])
    /// boolean[]
    case boolArray([Bool])
    /// smallint[]
    case int2Array([Int16])
    /// integer[]
    case int4Array([Int32])
    /// bigint[]
    case int8Array([Int64])
    /// double precision[]
    case float8Array([Double])
    /// text[], with NULLs where the element is nil
    case textArray([String?])
    /// uuid[]
    case uuidArray([UUID16])
    /// bytea[]
    case bytesArray([[UInt8]])
    /// timestamptz[]
    case timestampArray([Timestamp])
    /// jsonb[], each as its UTF-8 text
    case jsonbArray([[UInt8]])

    /// bigint from an `Int`.
    public static func int(_ value: Int) -> Parameter { .int8(Int64(value)) }
    /// bigint[] from `Int`s.
    public static func intArray(_ values: [Int]) -> Parameter { .int8Array(values.map(Int64.init)) }
    /// timestamptz.
    public static func timestamp(_ time: Timestamp) -> Parameter { .timestamp(microsecondsSince1970: time.microseconds) }
    /// jsonb from its text.
    public static func jsonb(_ text: String) -> Parameter { .jsonb(Array(text.utf8)) }

    /// NULL, or what `make` makes of the value: `.optional(name, Parameter.text)`.
    public static func optional<Value>(_ value: Value?, _ make: (Value) -> Parameter) -> Parameter { value.map(make) ?? .null }
}
