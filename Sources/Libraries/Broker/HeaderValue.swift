/// A value of an AMQP table: message headers, queue arguments.
public enum HeaderValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])
    /// Seconds since 1970.
    case timestamp(UInt64)
    case list([HeaderValue])
    case table([String: HeaderValue])

    /// The number, when it is a whole one.
    public var intValue: Int? { if case .int(let value) = self { Int(value) } else { nil } }
    /// The text, when it is one.
    public var textValue: String? { if case .text(let value) = self { value } else { nil } }
    /// The values, when it is a list.
    public var listValue: [HeaderValue]? { if case .list(let values) = self { values } else { nil } }
    /// The named values, when it is a table.
    public var tableValue: [String: HeaderValue]? { if case .table(let values) = self { values } else { nil } }
}
