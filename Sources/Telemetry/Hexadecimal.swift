/// The eight lower-case hexadecimal digits of a word, the first in the most significant byte; all at once, without a branch.
@inline(__always)
func hexadecimalDigits(_ word: UInt32) -> UInt64 {
    var digits = UInt64(word)
    digits = (digits << 16 | digits) & 0x0000_FFFF_0000_FFFF
    digits = (digits << 8 | digits) & 0x00FF_00FF_00FF_00FF
    digits = (digits << 4 | digits) & 0x0F0F_0F0F_0F0F_0F0F
    let isLetter = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return digits &+ 0x3030_3030_3030_3030 &+ isLetter &* 39
}

/// Writes the 16 lower-case hexadecimal digits of a number.
@inline(__always)
func writeHexadecimal(_ number: UInt64, to text: UnsafeMutableRawPointer) {
    text.storeBytes(of: hexadecimalDigits(UInt32(truncatingIfNeeded: number >> 32)).bigEndian, as: UInt64.self)
    text.storeBytes(of: hexadecimalDigits(UInt32(truncatingIfNeeded: number)).bigEndian, toByteOffset: 8, as: UInt64.self)
}

/// The number that `count` hexadecimal digits of either case say; nil when one of them is none.
@inline(__always)
func hexadecimalNumber(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64? {
    var number: UInt64 = 0
    var seen: UInt8 = 0
    for at in 0..<count {
        let value = digitValue(text[at])
        seen |= value
        number = number << 4 | UInt64(value & 15)
    }
    return seen & 0xF0 == 0 ? number : nil
}

@inline(__always)
private func digitValue(_ byte: UInt8) -> UInt8 {
    let digit = byte &- 0x30
    if digit < 10 { return digit }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : 0xFF
}
