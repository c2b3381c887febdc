/// Swift values as documents. Integers of up to 32 bits become `int32`, others `int64`; `Timestamp` becomes a date (to the millisecond), `UUID16` a
/// UUID, `[UInt8]` binary; `BSONObjectID`, `BSONValue` and `BSONDocument` stand for themselves. What is nil and encoded by `encodeIfPresent`, as
/// the compiler does it, is left out.
///
/// `encode(value).encoded()` are the bytes.
public struct BSONEncoder: Sendable {
    /// An encoder.
    public init() {}

    /// The document that `value` makes. Throws `BSONError`, which names the path, for a value that is no document or an integer past 64 signed bits;
    /// what a type's own `encode(to:)` throws goes through.
    public func encode(_ value: some Encodable) throws -> BSONDocument {
        let node = EncodedNode()
        try node.encode(value, BSONPath())
        guard case .document(let document) = node.value else {
            throw BSONError(path: "", .kind(expected: .document, found: node.value.kind))
        }
        return document
    }
}
