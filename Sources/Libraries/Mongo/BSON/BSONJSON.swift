import JSON
import Telemetry

/// BSON bytes to JSON bytes.
enum BSONJSON {
    static func writeFields(
        of bytes: UnsafeRawBufferPointer, to json: inout JSONWriter, skipping skipped: BSONFieldNames, depth: Int
    ) throws(BSONError) {
        var elements = try BSONElements(bytes)
        while let element = try elements.next() {
            let inner: BSONFieldNames
            switch skipped.match(element.name) {
            case .whole: continue
            case .within(let names): inner = names
            case .none: inner = .none
            }
            json.name(jsonName(element.name))
            do throws(BSONError) { try write(element, to: &json, skipping: inner, depth: depth) } catch {
                throw error.under(String(decoding: element.name, as: UTF8.self))
            }
        }
    }

    /// `_id` is MongoDB's name for what everybody else calls `id`.
    private static func jsonName(_ name: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt8> {
        let isID = name.count == 3 && name[0] == UInt8(ascii: "_") && name[1] == UInt8(ascii: "i") && name[2] == UInt8(ascii: "d")
        return characters(isID ? UnsafeRawBufferPointer(rebasing: name[1...]) : name)
    }

    private static func characters(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt8> { bytes.assumingMemoryBound(to: UInt8.self) }

    static func write(_ element: BSONElement, to json: inout JSONWriter, skipping skipped: BSONFieldNames = .none, depth: Int = 0) throws(BSONError) {
        switch element.type {
        case BSONElement.Code.double: json.double(element.number(Double.self))
        case BSONElement.Code.string: json.string(characters(element.text))
        case BSONElement.Code.document, BSONElement.Code.array: try writeNested(element, to: &json, skipping: skipped, depth: depth + 1)
        case BSONElement.Code.binary: writeBinary(element, to: &json)
        case BSONElement.Code.objectID: json.string(Hex.encode(element.value))
        case BSONElement.Code.bool: json.bool(element.value[0] != 0)
        case BSONElement.Code.date: try writeDate(element, to: &json)
        case BSONElement.Code.int32: json.int(Int(element.number(Int32.self)))
        case BSONElement.Code.int64, BSONElement.Code.timestamp: json.int(Int(element.number(Int64.self)))
        default: json.null()
        }
    }

    private static func writeNested(
        _ element: BSONElement, to json: inout JSONWriter, skipping skipped: BSONFieldNames, depth: Int
    ) throws(BSONError) {
        guard depth <= BSONElements.depthLimit else { throw BSONError(path: "", .tooDeep) }
        if element.type == BSONElement.Code.document {
            json.beginObject()
            try writeFields(of: element.value, to: &json, skipping: skipped, depth: depth)
            return json.endObject()
        }
        json.beginArray()
        var elements = try BSONElements(element.value)
        while let inner = try elements.next() {
            do throws(BSONError) { try write(inner, to: &json, skipping: skipped, depth: depth) } catch {
                throw error.under(String(decoding: inner.name, as: UTF8.self))
            }
        }
        json.endArray()
    }

    private static func writeBinary(_ element: BSONElement, to json: inout JSONWriter) {
        guard let uuid = element.uuid else { return json.string(Base64.plain.encode(element.binary)) }
        json.string(ofPlain: 36) { uuid.write(to: $0) }
    }

    private static func writeDate(_ element: BSONElement, to json: inout JSONWriter) throws(BSONError) {
        guard let time = element.microseconds.map(Timestamp.init(microseconds:)), Timestamp.writable.contains(time)
        else { throw BSONError(path: "", .outOfRange) }
        json.string(ofPlain: 24) { time.write(to: $0) }
    }
}
