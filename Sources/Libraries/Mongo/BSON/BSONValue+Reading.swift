public import Telemetry

// The value as a Swift type; nil when it is of another kind.
extension BSONValue {
    /// Text.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    /// True or false.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// An instant.
    public var dateValue: Timestamp? { if case .date(let value) = self { value } else { nil } }
    /// A UUID.
    public var uuidValue: UUID16? { if case .uuid(let value) = self { value } else { nil } }
    /// An id that MongoDB made.
    public var objectIDValue: BSONObjectID? { if case .objectID(let value) = self { value } else { nil } }
    /// Bytes.
    public var binaryValue: [UInt8]? { if case .binary(let value) = self { value } else { nil } }
    /// MongoDB's own clock.
    public var timestampValue: UInt64? { if case .timestamp(let value) = self { value } else { nil } }
    /// Values.
    public var arrayValue: [BSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// A document.
    public var documentValue: BSONDocument? { if case .document(let value) = self { value } else { nil } }

    /// An integer, however it is stored: a double counts when it is whole.
    public var intValue: Int? {
        switch self {
        case .int32(let value): Int(value)
        case .int64(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// A number, however it is stored.
    public var doubleValue: Double? {
        switch self {
        case .int32(let value): Double(value)
        case .int64(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
