import Telemetry

/// A value that is being decoded, and where it stands.
struct DecodedValue {
    let value: BSONValue
    let path: BSONPath

    init(_ value: BSONValue, _ path: BSONPath) {
        self.value = value
        self.path = path
    }

    /// Any type: kinds that BSON has by themselves, others as they decode themselves.
    func decode<T: Decodable>(_: T.Type) throws -> T {
        let special: Any? = if T.self == Timestamp.self { try required(.date, value.dateValue) }
            else if T.self == UUID16.self { try required(.uuid, value.uuidValue) }
            else if T.self == BSONObjectID.self { try required(.objectID, value.objectIDValue) }
            else if T.self == [UInt8].self { try required(.binary, value.binaryValue) }
            else if T.self == BSONValue.self { value }
            else if T.self == BSONDocument.self { try required(.document, value.documentValue) }
            else { nil }
        // In two steps: `nil as? T` is a value where T is an optional.
        if let special, let result = special as? T { return result }
        return try T(from: BSONValueDecoder(decoded: self))
    }

    func integer<T: FixedWidthInteger>(_: T.Type) throws -> T {
        let result: T? = switch value {
        case .int32(let value): T(exactly: value)
        case .int64(let value): T(exactly: value)
        case .double(let value) where value.isFinite && value.rounded() == value: T(exactly: value)
        default: throw mismatch(.int64)
        }
        guard let result else { throw path.error(.outOfRange) }
        return result
    }

    func double() throws -> Double { try required(.double, value.doubleValue) }

    func float() throws -> Float {
        let double = try double(), float = Float(double)
        guard float.isFinite || !double.isFinite else { throw path.error(.outOfRange) }
        return float
    }

    func bool() throws -> Bool { try required(.bool, value.boolValue) }
    func string() throws -> String { try required(.string, value.stringValue) }
    func fields() throws -> BSONDocument { try required(.document, value.documentValue) }
    func items() throws -> [BSONValue] { try required(.array, value.arrayValue) }

    private func required<T>(_ kind: BSONValue.Kind, _ found: T?) throws -> T {
        guard let found else { throw mismatch(kind) }
        return found
    }

    private func mismatch(_ kind: BSONValue.Kind) -> BSONError { path.error(.kind(expected: kind, found: value.kind)) }
}
