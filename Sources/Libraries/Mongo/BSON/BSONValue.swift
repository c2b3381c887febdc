public import Telemetry

/// One value of a document. The kinds are those that Lyceum stores, and `timestamp`, which servers answer with; others are refused when
/// they are read.
public enum BSONValue: Sendable, Equatable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A 32-bit integer.
    case int32(Int32)
    /// A 64-bit integer. A literal integer is one of these.
    case int64(Int64)
    /// A floating-point number.
    case double(Double)
    /// Text.
    case string(String)
    /// An instant. BSON keeps milliseconds: what is finer is lost when it is written, towards the past.
    case date(Timestamp)
    /// A UUID, binary subtype 4.
    case uuid(UUID16)
    /// An id that MongoDB made.
    case objectID(BSONObjectID)
    /// Bytes, binary subtype 0 (other subtypes are read as bytes too).
    case binary([UInt8])
    /// MongoDB's own clock: seconds in the upper half, a counter in the lower. It only ever grows in a replica set.
    case timestamp(UInt64)
    /// Values in order.
    case array([BSONValue])
    /// Named values in order.
    case document(BSONDocument)
}

extension BSONValue {
    /// What kind of value a field holds, for errors.
    public enum Kind: String, Sendable {
        case null, bool, int32, int64, double, string, date, uuid, objectID, binary, timestamp, array, document
    }

    /// The kind of this value.
    public var kind: Kind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int32: .int32
        case .int64: .int64
        case .double: .double
        case .string: .string
        case .date: .date
        case .uuid: .uuid
        case .objectID: .objectID
        case .binary: .binary
        case .timestamp: .timestamp
        case .array: .array
        case .document: .document
        }
    }

    /// An integer.
    public static func int(_ value: Int) -> BSONValue { .int64(Int64(value)) }

    /// The value that `value` holds, or null when there is none.
    public static func optional<Wrapped>(_ value: Wrapped?, _ make: (Wrapped) -> BSONValue) -> BSONValue { value.map(make) ?? .null }

    /// An array of strings.
    public static func strings(_ values: [String]) -> BSONValue { .array(values.map { .string($0) }) }
}

// Documents are written as literals: `["$set": ["title": .string(title), "revision": 3]]`.
extension BSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// `nil` is null.
    public init(nilLiteral: ()) { self = .null }
    /// `true`, `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A 64-bit integer.
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: BSONValue...) { self = .array(elements) }
    /// A document, its fields in this order.
    public init(dictionaryLiteral elements: (String, BSONValue)...) {
        self = .document(BSONDocument(elements.map { (name: $0, value: $1) }))
    }
}
