/// An e-mail address that mail can be tried with. Whether it exists, the confirmation mail finds out.
struct EmailAddress: Sendable, Equatable {
    /// As it is compared: lower-case.
    let key: String
    /// As it was typed.
    let sent: String

    /// Nil for what no mail server would take: no `@`, blanks, control characters, an empty part, more than 254 bytes (RFC 5321, 4.5.3.1).
    init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, 1...64 ~= parts[0].utf8.count, Self.isDomain(parts[1]),
              text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !"<>()[]\\,;:\"".unicodeScalars.contains($0) })
        else { return nil }
        sent = text
        key = text.lowercased()
    }

    /// What stands before the `@`.
    var localPart: Substring { key.prefix { $0 != "@" } }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { label in
            1...63 ~= label.utf8.count && !label.hasPrefix("-") && !label.hasSuffix("-")
        }
    }
}
