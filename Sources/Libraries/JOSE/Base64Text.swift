internal import CJOSE
import Glibc

/// Base64url (RFC 7515 section 2) by libcjose, made strict: one value has one spelling.
enum Base64Text {
    /// The text of `bytes`, without padding.
    static func encode(_ bytes: [UInt8]) throws(JOSEError) -> String {
        var text: UnsafeMutablePointer<CChar>?
        var count = 0
        guard cjose_base64url_encode(bytes, bytes.count, &text, &count, nil), let text else { throw JOSEError(.library, "base64url was not made") }
        defer { free(text) }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// The bytes of `text`; nil unless encoding them gives `text` again, which leaves out padding, white space and left-over bits.
    static func decode(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty, text.utf8.allSatisfy(isLetter) else { return nil }
        var decoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        var copy = String(text)
        let done = copy.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { cjose_base64url_decode($0.baseAddress, $0.count, &decoded, &count, nil) }
        }
        guard done, let decoded else { return nil }
        defer { free(decoded) }
        let bytes = Array(UnsafeBufferPointer(start: decoded, count: count))
        guard let again = try? encode(bytes), again == copy else { return nil }
        return bytes
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
