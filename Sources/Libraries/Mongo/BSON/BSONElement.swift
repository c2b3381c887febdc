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

    /// Binary subtype 4 with sixteen bytes.
    var isUUID: Bool { type == Code.binary && value.count == 21 && value[4] == 4 }

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
}
