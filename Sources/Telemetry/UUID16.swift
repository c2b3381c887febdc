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
        let known = bytes.withContiguousStorageIfAvailable { UUID16(inMemory: UnsafeRawBufferPointer($0)) }
        guard let uuid = known ?? Array(bytes).withUnsafeBytes({ UUID16(inMemory: $0) }) else { return nil }
        self = uuid
    }

    private init?(inMemory bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// The canonical form of 36 characters, of either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let known = text.utf8.withContiguousStorageIfAvailable { UUID16(canonical: $0) }
        guard let uuid = known ?? Array(text.utf8).withUnsafeBufferPointer({ UUID16(canonical: $0) }) else { return nil }
        self = uuid
    }

    private init?(canonical text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 36, let start = text.baseAddress else { return nil }
        let dash = UInt8(ascii: "-")
        guard start[8] == dash, start[13] == dash, start[18] == dash, start[23] == dash else { return nil }
        guard let first = hexadecimalNumber(start, 8), let second = hexadecimalNumber(start + 9, 4), let third = hexadecimalNumber(start + 14, 4),
            let fourth = hexadecimalNumber(start + 19, 4), let fifth = hexadecimalNumber(start + 24, 12)
        else { return nil }
        self.init(high: first << 32 | second << 16 | third, low: fourth << 48 | fifth)
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
        guard let start = text.baseAddress, text.count >= 36 else { return }
        let space = UnsafeMutableRawPointer(start)
        let (first, second) = (hexadecimalDigits(UInt32(truncatingIfNeeded: high >> 32)), hexadecimalDigits(UInt32(truncatingIfNeeded: high)))
        let (third, fourth) = (hexadecimalDigits(UInt32(truncatingIfNeeded: low >> 32)), hexadecimalDigits(UInt32(truncatingIfNeeded: low)))
        space.storeBytes(of: first.bigEndian, as: UInt64.self)
        space.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
        space.storeBytes(of: UInt32(truncatingIfNeeded: second).bigEndian, toByteOffset: 14, as: UInt32.self)
        space.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
        space.storeBytes(of: UInt32(truncatingIfNeeded: third).bigEndian, toByteOffset: 24, as: UInt32.self)
        space.storeBytes(of: fourth.bigEndian, toByteOffset: 28, as: UInt64.self)
        (text[8], text[13], text[18], text[23]) = (UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "-"))
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
