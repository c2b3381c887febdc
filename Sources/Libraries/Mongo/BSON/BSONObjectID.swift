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

/// The lower-case digit of four bits.
func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 87 + nibble }

/// The four bits of a digit of either case; nil for any other character.
func hexValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - 48
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - 87
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - 55
    default: nil
    }
}
