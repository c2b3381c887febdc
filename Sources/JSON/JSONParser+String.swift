extension JSONParser {
    /// A string, from its opening quote to after its closing one.
    mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { at += 1 }
        if byte == UInt8(ascii: "\"") {
            defer { at += 1 }
            return try text(of: UnsafeBufferPointer(rebasing: bytes[start..<at]))
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<at])
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                var result: Result<String, JSONError> = .success("")
                unescaped.withUnsafeBufferPointer { bytes in result = Result { () throws(JSONError) in try text(of: bytes) } }
                return try result.get()
            case UInt8(ascii: "\\"):
                at += 1
                try escape(into: &unescaped)
            case 0..<0x20: throw error("a control character in a string")
            default:
                unescaped.append(byte)
                at += 1
            }
        }
        throw error("a string without its closing quote")
    }

    private func text(of bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("a string that is not UTF-8") }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard let byte else { throw error("a string without its closing quote") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(String(Character(try unicodeEscape())).utf8))
        default: throw error("no such escape")
        }
    }

    /// After `\u`: one code unit, or two that are a surrogate pair.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit()
        var value = UInt32(first)
        if UTF16.isLeadSurrogate(first) {
            guard byte == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u") else { throw error("half a surrogate pair") }
            at += 2
            let second = try codeUnit()
            guard UTF16.isTrailSurrogate(second) else { throw error("half a surrogate pair") }
            value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        }
        guard value != 0 else { throw error("NUL in a string") }
        guard let scalar = Unicode.Scalar(value) else { throw error("half a surrogate pair") }
        return scalar
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = byte.flatMap(Hex.value) else { throw error("expected four hexadecimal digits") }
            unit = unit << 4 | UInt16(digit)
            at += 1
        }
        return unit
    }
}
