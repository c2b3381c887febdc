/// The part of a text that JSON takes as it stands (RFC 8259, section 7): no control character, quote or backslash. Most text has none at all,
/// so it is looked at and copied in one go, eight bytes at a time.
enum PlainText {
    /// Copies `text` up to the first byte that must be escaped; how many these are. `to` has room for all of it.
    @inline(__always) static func copy(_ text: UnsafeBufferPointer<UInt8>, to: UnsafeMutablePointer<UInt8>) -> Int {
        guard let from = text.baseAddress else { return 0 }
        let (source, target, count) = (UnsafeRawPointer(from), UnsafeMutableRawPointer(to), text.count)
        guard count >= 8 else { return copyFew(text, to) }
        var at = 0
        while at <= count - 8 {
            let marks = copyWord(source + at, target + at)
            if marks != 0 { return at + marks.trailingZeroBitCount / 8 }
            at += 8
        }
        // The last word begins in what is copied already, where nothing is marked.
        let marks = copyWord(source + (count - 8), target + (count - 8))
        return marks == 0 ? count : count - 8 + marks.trailingZeroBitCount / 8
    }

    @inline(__always) private static func copyFew(_ text: UnsafeBufferPointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>) -> Int {
        var at = 0
        while at < text.count, text[at] >= 0x20, text[at] != 0x22, text[at] != 0x5C {
            to[at] = text[at]
            at += 1
        }
        return at
    }

    /// Of the bytes that must be escaped the first has its highest bit set, and none before it.
    @inline(__always) private static func copyWord(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) -> UInt64 {
        let word = UInt64(littleEndian: from.loadUnaligned(as: UInt64.self))
        to.storeBytes(of: word.littleEndian, as: UInt64.self)
        // A byte that is smaller than what is taken from it, and has no high bit of its own, gets one. So may those after it, from which is borrowed.
        let control = word &- everyByte(0x20), quote = (word ^ everyByte(0x22)) &- everyByte(1), backslash = (word ^ everyByte(0x5C)) &- everyByte(1)
        return (control | quote | backslash) & ~word & everyByte(0x80)
    }

    @inline(__always) private static func everyByte(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
