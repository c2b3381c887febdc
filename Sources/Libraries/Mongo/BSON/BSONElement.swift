import Glibc
import Telemetry

/// One field of a document, where its bytes are. Whoever reads a value has looked at the type.
struct BSONElement {
    /// The numbers in BSON's specification.
    enum Code {
        static let double: UInt8 = 1, string: UInt8 = 2, document: UInt8 = 3, array: UInt8 = 4, binary: UInt8 = 5, objectID: UInt8 = 7
        static let bool: UInt8 = 8, date: UInt8 = 9, null: UInt8 = 10, int32: UInt8 = 16, timestamp: UInt8 = 17, int64: UInt8 = 18
    }

    /// How many bytes a value takes.
    enum Size { case fixed(Int), prefixed(extra: Int, least: Int) }

    /// The sizes of the types that are supported.
    struct Sizes {
        subscript(type: UInt8) -> Size? {
            switch type {
            case Code.double, Code.date, Code.timestamp, Code.int64: .fixed(8)
            case Code.string: .prefixed(extra: 4, least: 1)
            case Code.document, Code.array: .prefixed(extra: 0, least: 5)
            case Code.binary: .prefixed(extra: 5, least: 0)
            case Code.objectID: .fixed(12)
            case Code.bool: .fixed(1)
            case Code.null: .fixed(0)
            case Code.int32: .fixed(4)
            default: nil
            }
        }
    }
    static let sizes = Sizes()

    /// The number of the type.
    let type: UInt8
    /// The name without its closing zero.
    let name: UnsafeRawBufferPointer
    /// The value's bytes, with the length in front where the type has one.
    let value: UnsafeRawBufferPointer

    /// Binary subtype 4 with sixteen bytes; nil for anything else.
    var uuid: UUID16? {
        guard type == Code.binary, value.count == 21, value[4] == 4 else { return nil }
        return UUID16(
            high: UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 5, as: UInt64.self)),
            low: UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 13, as: UInt64.self)))
    }

    /// Whether the field has this name.
    @inline(__always) func isNamed(_ other: StaticString) -> Bool {
        guard name.count == other.utf8CodeUnitCount, let start = name.baseAddress else { return false }
        return memcmp(start, other.utf8Start, name.count) == 0
    }

    /// The text of a string without its closing zero.
    var text: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: value[4..<value.count - 1]) }
    /// The bytes of a binary.
    var binary: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: value[5...]) }
    /// A number of the value's width.
    func number<T: BitwiseCopyable>(_ type: T.Type) -> T { value.loadUnaligned(as: type) }

    /// Microseconds since 1970 of a date; nil when they do not fit.
    var microseconds: Int64? {
        let (microseconds, isTooFar) = number(Int64.self).multipliedReportingOverflow(by: 1000)
        return isTooFar ? nil : microseconds
    }

    /// An integer of either width.
    var isInteger: Bool { type == Code.int32 || type == Code.int64 }

    /// What kind of value it is, for errors.
    var kind: BSONValue.Kind {
        switch type {
        case Code.double: .double
        case Code.string: .string
        case Code.document: .document
        case Code.array: .array
        case Code.binary: uuid == nil ? .binary : .uuid
        case Code.objectID: .objectID
        case Code.bool: .bool
        case Code.date: .date
        case Code.int32: .int32
        case Code.timestamp: .timestamp
        case Code.int64: .int64
        default: .null
        }
    }
}
