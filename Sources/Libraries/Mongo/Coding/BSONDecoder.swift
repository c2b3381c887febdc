/// Documents as Swift values: what `BSONEncoder` made, and what others wrote as long as it means the same. An integer is read from every kind of
/// number that holds one, a missing field and null are nil where the type allows it, fields that the type does not know are passed over.
public struct BSONDecoder: Sendable {
    /// A decoder.
    public init() {}

    /// The value that `document` holds. Throws `BSONError`, which names the path of what is missing, of another kind or out of range; errors of a
    /// type's own `init(from:)` become one, `.invalid` where they only say that a value is not allowed.
    public func decode<T: Decodable>(_: T.Type = T.self, from document: BSONDocument) throws -> T {
        do { return try DecodedValue(.document(document), BSONPath()).decode(T.self) } catch let error as DecodingError { throw BSONError(error) }
    }

    /// The value that a document holds where it was received.
    public func decode<T: Decodable>(_: T.Type = T.self, from view: borrowing BSONView) throws -> T {
        try decode(T.self, from: try view.document())
    }
}

extension BSONError {
    /// The same error in our words, without the value that the standard library's text may show.
    fileprivate init(_ error: DecodingError) {
        let (keys, reason): ([any CodingKey], Reason) = switch error {
        case .keyNotFound(let key, let context): (context.codingPath + [key], .missing)
        case .valueNotFound(_, let context): (context.codingPath, .missing)
        case .typeMismatch(_, let context), .dataCorrupted(let context): (context.codingPath, .invalid)
        @unknown default: ([], .invalid)
        }
        self = keys.reduce(BSONPath()) { $0.appending($1) }.error(reason)
    }
}
