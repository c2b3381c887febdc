import Telemetry

/// Writes documents as bytes; lengths are filled in behind.
struct BSONByteWriter {
    private(set) var bytes: [UInt8] = []
    private var depth = 0

    mutating func document(_ document: BSONDocument) throws(BSONError) {
        try nested { (writer) throws(BSONError) in
            for field in document.fields { try writer.element(field.name, field.value) }
        }
    }

    private mutating func array(_ values: [BSONValue]) throws(BSONError) {
        try nested { (writer) throws(BSONError) in
            for (index, value) in values.enumerated() { try writer.element(String(index), value) }
        }
    }

    private mutating func nested(_ fields: (inout BSONByteWriter) throws(BSONError) -> Void) throws(BSONError) {
        guard depth <= BSONElements.depthLimit else { throw BSONError(path: "", .tooDeep) }
        depth += 1
        let start = bytes.count
        number(Int32(0))
        try fields(&self)
        bytes.append(0)
        depth -= 1
        setLength(bytes.count - start, at: start)
    }

    private mutating func element(_ name: String, _ value: BSONValue) throws(BSONError) {
        let typeAt = bytes.count
        bytes.append(0)
        guard !name.utf8.contains(0) else { throw BSONError(path: name, .zeroInName) }
        bytes.append(contentsOf: name.utf8)
        bytes.append(0)
        do throws(BSONError) { bytes[typeAt] = try write(value) } catch { throw error.under(name) }
    }

    /// Writes the value and says its type.
    private mutating func write(_ value: BSONValue) throws(BSONError) -> UInt8 {
        switch value {
        case .null: return BSONElement.Code.null
        case .bool(let value): bytes.append(value ? 1 : 0); return BSONElement.Code.bool
        case .int32(let value): number(value); return BSONElement.Code.int32
        case .int64(let value): number(value); return BSONElement.Code.int64
        case .double(let value): number(value.bitPattern); return BSONElement.Code.double
        case .string(let value): string(value); return BSONElement.Code.string
        case .date(let value): number(value.milliseconds); return BSONElement.Code.date
        case .uuid(let value): binary(value.bytes, subtype: 4); return BSONElement.Code.binary
        case .objectID(let value): bytes.append(contentsOf: value.bytes); return BSONElement.Code.objectID
        case .binary(let value): binary(value, subtype: 0); return BSONElement.Code.binary
        case .timestamp(let value): number(value); return BSONElement.Code.timestamp
        case .array(let values): try array(values); return BSONElement.Code.array
        case .document(let value): try document(value); return BSONElement.Code.document
        }
    }

    private mutating func string(_ text: String) {
        let start = bytes.count
        number(Int32(0))
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        setLength(bytes.count - start - 4, at: start)
    }

    private mutating func binary(_ value: [UInt8], subtype: UInt8) {
        number(Int32(truncatingIfNeeded: value.count))
        bytes.append(subtype)
        bytes.append(contentsOf: value)
    }

    private mutating func number(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A document has 16 MiB at most, which the server checks: a length never leaves 32 bits for one that is accepted.
    private mutating func setLength(_ length: Int, at start: Int) {
        withUnsafeBytes(of: Int32(truncatingIfNeeded: length).littleEndian) { source in
            for (offset, byte) in source.enumerated() { bytes[start + offset] = byte }
        }
    }
}

extension Timestamp {
    /// Whole milliseconds since 1970, towards the past.
    fileprivate var milliseconds: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
