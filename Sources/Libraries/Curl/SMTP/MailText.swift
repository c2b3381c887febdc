internal import JSON

/// Text as a mail's head and body carry it.
enum MailText {
    /// A field's text: as it is when it is short printable ASCII, else as RFC 2047 encoded words. A control character is refused.
    static func unstructured(_ text: String) throws(CurlError) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value) }) else {
            throw CurlError(.invalidRequest, "a line end or control character in a mail's head")
        }
        let isPlain = text.utf8.count <= 200 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        return isPlain ? text : words(text)
    }

    /// A name before an address: a quoted string, or encoded words.
    static func phrase(_ name: String) throws(CurlError) -> String {
        let text = try unstructured(name)
        guard text == name else { return text }
        return "\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// `=?utf-8?B?…?=`, each of at most 75 bytes and of whole scalars, one a line.
    private static func words(_ text: String) -> String {
        var words: [String] = [], piece: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if piece.count + bytes.count > 45 {
                words.append(word(piece))
                piece = []
            }
            piece += bytes
        }
        words.append(word(piece))
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Base64.plain.encode(bytes))?=" }

    /// Quoted-printable (RFC 2045 section 6.7), lines of at most 76 bytes with CRLF between them.
    static func quotedPrintable(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(quotedLine).joined(separator: "\r\n")
    }

    private static func quotedLine(_ line: Substring) -> String {
        let bytes = Array(line.utf8)
        var output = "", width = 0
        for (index, byte) in bytes.enumerated() {
            let isPrintable = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
            let isInnerSpace = (byte == 0x20 || byte == 0x09) && index + 1 < bytes.count
            let unit = isPrintable || isInnerSpace ? String(UnicodeScalar(byte)) : "=" + Hex.encode([byte]).uppercased()
            if width + unit.utf8.count > 75 {
                output += "=\r\n"
                width = 0
            }
            output += unit
            width += unit.utf8.count
        }
        return output
    }
}
