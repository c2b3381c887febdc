/// A mailbox: who writes or who is written to.
public struct MailAddress: Sendable, Equatable {
    /// The name shown, or none.
    public let name: String?
    /// `local@domain`, in ASCII.
    public let address: String

    /// A mailbox. Whether it can be written is checked when a message is made of it.
    public init(_ address: String, name: String? = nil) {
        self.address = address
        self.name = name
    }

    /// Whether `address` can stand in a command and a head and mean just itself (RFC 5321's Mailbox, without the quoted forms): ASCII,
    /// one @, dots and dashes inside only, at most 254 bytes.
    static func isEnvelopeSafe(_ address: String) -> Bool {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard address.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count) else { return false }
        return isDotted(parts[0]) { HeaderField.isTokenByte($0) || "{}/=?".utf8.contains($0) }
            && isDotted(parts[1]) { (HeaderField.isTokenByte($0) && !"!#$%&'*+^_`|~".utf8.contains($0)) }
            && !parts[1].hasPrefix("-") && !parts[1].hasSuffix("-")
    }

    /// Non-empty pieces of allowed bytes between single dots.
    private static func isDotted(_ text: Substring, _ isAllowed: (UInt8) -> Bool) -> Bool {
        text.utf8.allSatisfy(isAllowed) && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }
}
