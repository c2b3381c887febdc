import Telemetry

/// Writes values in the server's binary forms into memory that is known to be large enough.
struct WireWriter {
    private(set) var place: UnsafeMutableRawPointer

    init(at place: UnsafeMutableRawPointer) { self.place = place }

    mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        place.storeBytes(of: value.bigEndian, as: Value.self)
        place += MemoryLayout<Value>.size
    }

    mutating func bytes(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { place.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(place), byteCount: $0.count) }
        place += bytes.count
    }

    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if let start = utf8.baseAddress { place.copyMemory(from: start, byteCount: utf8.count) }
            place += utf8.count
        }
    }

    mutating func uuid(_ value: UUID16) {
        integer(value.high)
        integer(value.low)
    }

    /// Infinity stays infinity: it is the largest and smallest number on both sides.
    mutating func timestamp(_ microseconds: Int64) {
        let isInfinite = microseconds == .max || microseconds == .min
        integer(isInfinite ? microseconds : microseconds.subtractingReportingOverflow(TypeID.epoch).partialValue)
    }

    mutating func jsonb(_ text: [UInt8]) {
        integer(UInt8(1))
        bytes(text)
    }

    /// The head of an array of one dimension; the elements follow, each after its length.
    mutating func arrayHead(of type: UInt32, count: Int, hasNulls: Bool = false) {
        integer(Int32(count == 0 ? 0 : 1))
        integer(Int32(hasNulls ? 1 : 0))
        integer(type)
        guard count > 0 else { return }
        integer(Int32(count))
        integer(Int32(1))
    }

    mutating func elements<Element>(_ elements: [Element], of type: UInt32, size: Int32, _ write: (inout WireWriter, Element) -> Void) {
        arrayHead(of: type, count: elements.count)
        for element in elements {
            integer(size)
            write(&self, element)
        }
    }
}

extension Parameter {
    /// Bytes of the value as `write` writes it; nil for NULL.
    var wireSize: Int? {
        func array(_ count: Int, _ bytes: Int) -> Int { (count == 0 ? 12 : 20) + count * 4 + bytes }
        return switch self {
        case .null: nil
        case .bool: 1
        case .int2: 2
        case .int4: 4
        case .int8, .float8, .timestamp: 8
        case .uuid: 16
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .jsonb(let text): text.count + 1
        case .boolArray(let values): array(values.count, values.count)
        case .int2Array(let values): array(values.count, values.count * 2)
        case .int4Array(let values): array(values.count, values.count * 4)
        case .int8Array(let values): array(values.count, values.count * 8)
        case .float8Array(let values): array(values.count, values.count * 8)
        case .timestampArray(let values): array(values.count, values.count * 8)
        case .uuidArray(let values): array(values.count, values.count * 16)
        case .textArray(let values): array(values.count, values.reduce(0) { $0 + ($1?.utf8.count ?? 0) })
        case .bytesArray(let values): array(values.count, values.reduce(0) { $0 + $1.count })
        case .jsonbArray(let values): array(values.count, values.reduce(0) { $0 + $1.count + 1 })
        }
    }

    /// Writes `wireSize` bytes.
    func write(to wire: inout WireWriter) {
        switch self {
        case .null: break
        case .bool(let value): wire.integer(UInt8(value ? 1 : 0))
        case .int2(let value): wire.integer(value)
        case .int4(let value): wire.integer(value)
        case .int8(let value): wire.integer(value)
        case .float8(let value): wire.integer(value.bitPattern)
        case .text(let value): wire.text(value)
        case .uuid(let value): wire.uuid(value)
        case .bytes(let value): wire.bytes(value)
        case .timestamp(let value): wire.timestamp(value)
        case .jsonb(let value): wire.jsonb(value)
        default: writeArray(to: &wire)
        }
    }

    private func writeArray(to wire: inout WireWriter) {
        switch self {
        case .boolArray(let values): wire.elements(values, of: TypeID.bool, size: 1) { $0.integer(UInt8($1 ? 1 : 0)) }
        case .int2Array(let values): wire.elements(values, of: TypeID.int2, size: 2) { $0.integer($1) }
        case .int4Array(let values): wire.elements(values, of: TypeID.int4, size: 4) { $0.integer($1) }
        case .int8Array(let values): wire.elements(values, of: TypeID.int8, size: 8) { $0.integer($1) }
        case .float8Array(let values): wire.elements(values, of: TypeID.float8, size: 8) { $0.integer($1.bitPattern) }
        case .timestampArray(let values): wire.elements(values, of: TypeID.timestamptz, size: 8) { $0.timestamp($1.microseconds) }
        case .uuidArray(let values): wire.elements(values, of: TypeID.uuid, size: 16) { $0.uuid($1) }
        case .textArray(let values):
            wire.arrayHead(of: TypeID.text, count: values.count, hasNulls: values.contains(nil))
            for value in values {
                wire.integer(Int32(value?.utf8.count ?? -1))
                if let value { wire.text(value) }
            }
        case .bytesArray(let values):
            wire.arrayHead(of: TypeID.bytea, count: values.count)
            for value in values {
                wire.integer(Int32(value.count))
                wire.bytes(value)
            }
        case .jsonbArray(let values):
            wire.arrayHead(of: TypeID.jsonb, count: values.count)
            for value in values {
                wire.integer(Int32(value.count + 1))
                wire.jsonb(value)
            }
        default: break
        }
    }
}
