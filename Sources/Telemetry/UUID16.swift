/// The 128 bits of a UUID (RFC 9562), compared and kept without an allocation.
public struct UUID16: Sendable, Hashable, Comparable {
    /// The first eight bytes, the most significant first.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// From its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Exactly 16 bytes in network order, as PostgreSQL and BSON carry a UUID; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (at, byte) in bytes.enumerated() {
            if at < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
        }
        self.init(high: words.0, low: words.1)
    }

    /// The canonical form of 36 characters, of either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (at, byte) in text.utf8.enumerated() {
            if at == 8 || at == 13 || at == 18 || at == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexDigit(byte) else { return nil }
            if digits < 16 { words.0 = words.0 << 4 | digit } else { words.1 = words.1 << 4 | digit }
            digits += 1
        }
        self.init(high: words.0, low: words.1)
    }

    /// A new UUIDv7: greater than every one that this process made before.
    public static func v7() -> UUID16 { UUIDv7Clock.shared.next(at: Timestamp.now) }

    /// 16 bytes in network order.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { space, count in
            for at in 0..<8 {
                space[at] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(at)))
                space[8 + at] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(at)))
            }
            count = 16
        }
    }

    /// The millisecond in which a UUIDv7 was made; of no meaning for other versions.
    public var timestamp: Timestamp { Timestamp(microseconds: Int64(high >> 16) * 1000) }

    /// Writes the 36 characters of the canonical form to `text`, which has room for them.
    public func write(to text: UnsafeMutableBufferPointer<UInt8>) {
        var at = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                text[at] = UInt8(ascii: "-")
                at += 1
            }
            let word = digit < 16 ? high : low
            let nibble = UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(digit & 15)) & 15)
            text[at] = nibble < 10 ? 48 + nibble : 87 + nibble
            at += 1
        }
    }

    /// By time of making, for UUIDv7.
    public static func < (left: UUID16, right: UUID16) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension UUID16: CustomStringConvertible {
    /// The canonical form, lower-case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { space in
            write(to: space)
            return 36
        }
    }
}

private func hexDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x41...0x46: UInt64(byte - 0x37)
    case 0x61...0x66: UInt64(byte - 0x57)
    default: nil
    }
}
