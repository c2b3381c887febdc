/// The twelve bytes that MongoDB makes for an `_id` when nobody gives one. Lyceum's own ids are UUIDs; this reads what others wrote.
public struct BSONObjectID: Sendable, Hashable {
    /// The twelve bytes.
    public let bytes: [UInt8]

    /// From twelve bytes; nil for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 12 else { return nil }
        self.bytes = Array(bytes)
    }

    /// From 24 hexadecimal digits; nil for any other text.
    public init?(_ text: String) {
        let digits = text.utf8.compactMap(hexValue)
        guard text.utf8.count == 24, digits.count == 24 else { return nil }
        self.init(stride(from: 0, to: 24, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}

extension BSONObjectID: CustomStringConvertible {
    /// The 24 hexadecimal digits, lower-case.
    public var description: String {
        String(decoding: bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }, as: UTF8.self)
    }
}
