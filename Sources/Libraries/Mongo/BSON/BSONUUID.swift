/// A UUID (RFC 9562) as BSON keeps it: sixteen bytes, binary subtype 4, most significant first, so that they sort as their text does.
public struct BSONUUID: Sendable, Hashable {
    /// The first eight bytes, most significant first.
    public var high: UInt64
    /// The last eight bytes.
    public var low: UInt64

    /// From the two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From sixteen bytes; nil for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let halves = bytes.enumerated().reduce(into: (high: UInt64(0), low: UInt64(0))) { halves, item in
            if item.offset < 8 { halves.high = halves.high << 8 | UInt64(item.element) } else { halves.low = halves.low << 8 | UInt64(item.element) }
        }
        self.init(high: halves.high, low: halves.low)
    }

    /// From the 36 characters of RFC 9562, in either case; nil for any other text.
    public init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        var digits: [UInt8] = []
        for (at, character) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(at) {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = hexValue(character) else { return nil }
                digits.append(digit)
            }
        }
        self.init(stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// The sixteen bytes.
    public var bytes: [UInt8] {
        (0..<16).map { at in UInt8(truncatingIfNeeded: (at < 8 ? high : low) >> UInt64(56 - 8 * (at % 8))) }
    }
}

extension BSONUUID: CustomStringConvertible {
    /// The 36 characters, lower-case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { writeUUIDText($0, to: text) }
            return 36
        }
    }
}

/// Writes the 36 characters of sixteen bytes.
func writeUUIDText(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableBufferPointer<UInt8>) {
    var at = 0
    for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
            text[at] = UInt8(ascii: "-")
            at += 1
        }
        let byte = bytes[index]
        text[at] = hexDigits.utf8Start[Int(byte >> 4)]
        text[at + 1] = hexDigits.utf8Start[Int(byte & 15)]
        at += 2
    }
}

private let hexDigits: StaticString = "0123456789abcdef"

func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 87 + nibble }

func hexValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - 48
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - 87
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - 55
    default: nil
    }
}
