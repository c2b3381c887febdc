/// What a client calls one request by, so that sending it again is not a second one (draft-ietf-httpapi-idempotency-key-header-07).
public struct IdempotencyKey: Sendable, Hashable {
    /// What it says, without quotes.
    public let text: String

    /// Reads the field's value: a string of RFC 9651 in quotes, or bare where it is of letters, digits and `-._~+/=:`. 1 to 255 printable ASCII
    /// characters. Nil for anything else.
    public init?(_ field: String) {
        let bytes = Array(field.utf8)
        guard let text = bytes.first == UInt8(ascii: "\"") ? Self.quoted(bytes) : Self.bare(bytes), 1...255 ~= text.utf8.count else { return nil }
        self.text = text
    }

    private static func quoted(_ bytes: [UInt8]) -> String? {
        var text: [UInt8] = []
        var rest = bytes.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return rest.isEmpty ? String(decoding: text, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else { return nil }
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private static func bare(_ bytes: [UInt8]) -> String? {
        let isSound = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._~+/=:".utf8.contains(byte)
            }
        }
        return isSound ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
