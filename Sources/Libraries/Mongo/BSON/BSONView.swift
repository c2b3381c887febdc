public import JSON

/// A document read where libmongoc received it. It is lent: it cannot be kept, what is taken from it can.
public struct BSONView: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// How many bytes the document has.
    public var count: Int { bytes.count }

    /// A copy of the bytes.
    public var copy: BSONBytes { BSONBytes(Array(bytes)) }

    /// The document as a value.
    public func document() throws(BSONError) -> BSONDocument { try BSONDocument(reading: bytes) }

    /// One top-level field as a value, without reading the others into any; nil when there is none.
    public func value(_ name: String) throws(BSONError) -> BSONValue? {
        try Array(name.utf8).withUnsafeBytes { name in
            Result { [bytes] () throws(BSONError) in try BSONDocument.value(named: name, in: bytes) }
        }.get()
    }

    /// Its fields, to be picked one by one.
    public func fields() throws(BSONError) -> BSONFields { try BSONFields(bytes, path: "") }

    /// Writes the document as one JSON object: `_id` as `id`, UUIDs and object ids as text, dates as RFC 3339 with milliseconds, bytes as Base64,
    /// numbers that are not finite as null. Nothing of `fields` is written.
    public func write(to json: inout JSONWriter, skipping fields: BSONFieldNames = []) throws(BSONError) {
        json.beginObject()
        try writeFields(to: &json, skipping: fields)
        json.endObject()
    }

    /// Writes the fields alone, for an object that has others as well.
    public func writeFields(to json: inout JSONWriter, skipping fields: BSONFieldNames = []) throws(BSONError) {
        try BSONJSON.writeFields(of: bytes, to: &json, skipping: fields, depth: 0)
    }
}
