// A field of a type that is not known beforehand. With another encoder than BSON's there is nothing that they could be.
extension BSONValue: Codable {
    /// For `BSONDecoder`, which gives the value as it is; other decoders are refused.
    public init(from decoder: any Decoder) throws { throw onlyBSON(decoder.codingPath) }
    /// For `BSONEncoder`, which takes the value as it is; other encoders are refused.
    public func encode(to encoder: any Encoder) throws { throw onlyBSON(encoder.codingPath) }
}

extension BSONDocument: Codable {
    /// For `BSONDecoder`, which gives the document as it is; other decoders are refused.
    public init(from decoder: any Decoder) throws { throw onlyBSON(decoder.codingPath) }
    /// For `BSONEncoder`, which takes the document as it is; other encoders are refused.
    public func encode(to encoder: any Encoder) throws { throw onlyBSON(encoder.codingPath) }
}

extension BSONObjectID: Codable {
    /// For `BSONDecoder`, which gives the id as it is; other decoders are refused.
    public init(from decoder: any Decoder) throws { throw onlyBSON(decoder.codingPath) }
    /// For `BSONEncoder`, which takes the id as it is; other encoders are refused.
    public func encode(to encoder: any Encoder) throws { throw onlyBSON(encoder.codingPath) }
}

private func onlyBSON(_ keys: [any CodingKey]) -> BSONError { keys.reduce(BSONPath()) { $0.appending($1) }.error(.invalid) }
