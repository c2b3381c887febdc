/// Bytes as letters (RFC 4648), read strictly: only white space-free text of the right alphabet whose left-over bits are zero.
public enum Base64: Sendable {
    /// With `+` and `/` (section 4): written with padding, read with or without it.
    case plain
    /// With `-` and `_` (section 5), fit for URLs, file names and tokens: neither written nor read with padding, so that one value has one spelling.
    case url

    /// The text of `bytes`.
    public func encode(_ bytes: some Collection<UInt8>) -> String {
        bytes.withContiguousStorageIfAvailable(encode) ?? Array(bytes).withUnsafeBufferPointer(encode)
    }

    private func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let letters = (bytes.count * 4 + 2) / 3, all = self == .plain ? (letters + 3) / 4 * 4 : letters
        return String(unsafeUninitializedCapacity: all) { text in
            var at = 0, bits: UInt32 = 0, held = 0
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                held += 8
                while held >= 6 {
                    held -= 6
                    text[at] = letter(UInt8(truncatingIfNeeded: bits >> held) & 63)
                    at += 1
                }
            }
            if held > 0 {
                text[at] = letter(UInt8(truncatingIfNeeded: bits << (6 - held)) & 63)
                at += 1
            }
            for pad in at..<all { text[pad] = UInt8(ascii: "=") }
            return all
        }
    }

    /// The bytes of `text`; nil for another alphabet, white space, padding that is not allowed or not right, an impossible
    /// length and left-over bits that are not zero.
    public func decode(_ text: some StringProtocol) -> [UInt8]? {
        let count = text.utf8.count
        let pads = self == .plain && count % 4 == 0 ? text.utf8.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count : 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 3 / 4)
        var bits: UInt32 = 0, held = 0
        for letter in text.utf8.dropLast(pads) {
            guard let value = value(letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        guard held < 6, bits & (1 << held - 1) == 0 else { return nil }
        return bytes
    }

    private func letter(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: self == .plain ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: self == .plain ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    private func value(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case self == .plain ? UInt8(ascii: "+") : UInt8(ascii: "-"): 62
        case self == .plain ? UInt8(ascii: "/") : UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
