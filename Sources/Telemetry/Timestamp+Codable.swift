// As text for encoders that know no instants; MongoDB's keeps it as a date.
extension Timestamp: Codable {
    /// Reads RFC 3339.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = Timestamp(rfc3339: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no RFC 3339 time")
        }
        self = time
    }

    /// Writes RFC 3339 in UTC, to the millisecond.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        guard Timestamp.writable.contains(self) else {
            throw EncodingError.invalidValue(self, .init(codingPath: container.codingPath, debugDescription: "a year that RFC 3339 does not have"))
        }
        try container.encode(rfc3339)
    }
}
