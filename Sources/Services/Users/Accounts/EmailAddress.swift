/// An e-mail address that mail can be tried with. Whether it exists, the confirmation mail finds out.
struct EmailAddress: Sendable, Equatable {
    /// As it is compared: lower-case.
    let key: String
    /// As it was typed.
    let sent: String

    /// Nil for what our mail cannot be sent to: no `local@domain` of RFC 5321 in ASCII without the quoted forms, more than 254 bytes (4.5.3.1).
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, 1...64 ~= parts[0].count, Self.isLocal(parts[0]), Self.isDomain(parts[1]) else { return nil }
        sent = text
        key = text.lowercased()
    }

    /// What stands before the `@`.
    var localPart: Substring { key.prefix { $0 != "@" } }

    private static let symbols = Array("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }

    private static func isLocal(_ text: Substring.UTF8View) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isLetterOrDigit($0) || symbols.contains($0) }
        }
    }

    private static func isDomain(_ text: Substring.UTF8View) -> Bool {
        let dash = UInt8(ascii: "-")
        let labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { label in
            1...63 ~= label.count && label.first != dash && label.last != dash && label.allSatisfy { isLetterOrDigit($0) || $0 == dash }
        }
    }
}
