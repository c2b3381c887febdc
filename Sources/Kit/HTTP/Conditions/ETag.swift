public import JSON

/// A strong entity tag (RFC 9110, section 8.8.3): it changes whenever a byte of the representation does.
public struct ETag: Sendable, Hashable {
    /// What stands between the quotes.
    public let opaque: String

    /// A tag of printable ASCII without quotes; other characters are dropped.
    public init(_ opaque: String) {
        self.opaque = String(decoding: opaque.utf8.filter { 0x23...0x7E ~= $0 || $0 == 0x21 }, as: UTF8.self)
    }

    /// The tag of a thing whose revision is counted.
    public init(revision: Int) { opaque = String(revision) }

    /// The tag of these bytes, from a 128-bit hash of them: for what has no revision, such as a list.
    public init(hashing buffer: Buffer) {
        let hash = ContentHash(buffer.bytes)
        opaque = String(hash.high, radix: 36) + "-" + String(hash.low, radix: 36)
    }

    /// The revision that the tag was made of, nil when it was made otherwise.
    public var revision: Int? { Int(opaque) }
}

extension ETag: CustomStringConvertible {
    /// As it stands in a header field, with its quotes.
    public var description: String { "\"\(opaque)\"" }
}

/// Two 64-bit lanes of multiply-and-fold, each over all words of eight bytes; not a defence against who chooses the bytes.
private struct ContentHash {
    private(set) var high: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var low: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        var at = 0
        while at + 16 <= raw.count {
            add(raw.loadUnaligned(fromByteOffset: at, as: UInt64.self), raw.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
            at += 16
        }
        var rest: (UInt64, UInt64) = (0, 0)
        while at < raw.count {
            rest = (rest.0 << 8 | rest.1 >> 56, rest.1 << 8 | UInt64(raw[at]))
            at += 1
        }
        add(rest.0, rest.1)
        add(UInt64(raw.count), 0x1656_67B1_9E37_79F9)
        // What came last has not gone through both lanes yet.
        (high, low) = (fold(high ^ low, 0xA076_1D64_78BD_642F), fold(low &+ high, 0xE703_7ED1_A0B4_28DB))
    }

    /// The lanes wait for themselves only, not for each other: a multiplication takes as long as four other steps.
    private mutating func add(_ first: UInt64, _ second: UInt64) {
        high = fold(high ^ first, 0xA076_1D64_78BD_642F) ^ second
        low = fold(low &+ second, 0xE703_7ED1_A0B4_28DB) &+ first
    }

    private func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low &+ 0x8EBC_6AF0_9C88_C6E3
    }
}
