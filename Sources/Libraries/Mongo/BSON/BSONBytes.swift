/// A document as the bytes that came: kept, passed on and written as JSON without a value in between.
public struct BSONBytes: Sendable, Equatable {
    /// The bytes of one document.
    public let bytes: [UInt8]

    /// Of bytes that were a document when they came. What reads them checks every length.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Lends the bytes to `body`.
    public func withView<R>(_ body: (borrowing BSONView) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes { try body(BSONView($0)) }
    }

    /// The document as a value.
    public func document() throws(BSONError) -> BSONDocument { try BSONDocument(encoded: bytes) }
}
