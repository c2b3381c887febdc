import Telemetry

// To and from the bytes that MongoDB speaks (bsonspec.org 1.1).
extension BSONDocument {
    /// The document's bytes. Throws for a name with a zero byte and for more than 100 levels.
    public func encoded() throws(BSONError) -> [UInt8] {
        var writer = BSONByteWriter()
        try writer.document(self)
        return writer.bytes
    }

    /// Reads exactly one document. Throws for bytes that are none, and for kinds of values that Lyceum does not store.
    public init(encoded bytes: [UInt8]) throws(BSONError) {
        self = try bytes.withUnsafeBytes { bytes in Result { () throws(BSONError) in try BSONDocument(reading: bytes) } }.get()
    }

    init(reading bytes: UnsafeRawBufferPointer, depth: Int = 0) throws(BSONError) {
        self.init(try BSONDocument.fields(of: bytes, depth: depth))
    }

    private static func fields(of bytes: UnsafeRawBufferPointer, depth: Int) throws(BSONError) -> [Field] {
        guard depth <= BSONElements.depthLimit else { throw BSONError(path: "", .tooDeep) }
        var elements = try BSONElements(bytes)
        var fields: [Field] = []
        while let element = try elements.next() {
            let name = String(decoding: element.name, as: UTF8.self)
            do throws(BSONError) { fields.append((name, try value(of: element, depth: depth))) } catch { throw error.under(name) }
        }
        return fields
    }

    private static func value(of element: BSONElement, depth: Int) throws(BSONError) -> BSONValue {
        switch element.type {
        case BSONElement.Code.double: return .double(element.number(Double.self))
        case BSONElement.Code.string: return .string(String(decoding: element.text, as: UTF8.self))
        case BSONElement.Code.document: return .document(try BSONDocument(reading: element.value, depth: depth + 1))
        case BSONElement.Code.array: return .array(try fields(of: element.value, depth: depth + 1).map { $0.value })
        case BSONElement.Code.binary: return binary(element)
        case BSONElement.Code.objectID: return BSONObjectID(element.value).map { .objectID($0) } ?? .null
        case BSONElement.Code.bool: return .bool(element.value[0] != 0)
        case BSONElement.Code.date:
            guard let microseconds = element.microseconds else { throw BSONError(path: "", .outOfRange) }
            return .date(Timestamp(microseconds: microseconds))
        case BSONElement.Code.int32: return .int32(element.number(Int32.self))
        case BSONElement.Code.timestamp: return .timestamp(element.number(UInt64.self))
        case BSONElement.Code.int64: return .int64(element.number(Int64.self))
        default: return .null
        }
    }

    private static func binary(_ element: BSONElement) -> BSONValue {
        if let uuid = element.uuid { return .uuid(uuid) }
        return .binary(Array(element.binary))
    }
}

extension BSONDocument {
    /// The value of one top-level field without a value for the others.
    static func value(named name: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) throws(BSONError) -> BSONValue? {
        var elements = try BSONElements(bytes)
        while let element = try elements.next() {
            guard element.name.count == name.count, element.name.elementsEqual(name) else { continue }
            do throws(BSONError) { return try value(of: element, depth: 0) } catch {
                throw error.under(String(decoding: name, as: UTF8.self))
            }
        }
        return nil
    }
}
