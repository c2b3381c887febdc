/// Tags in `If-Match` or `If-None-Match` (RFC 9110, sections 13.1.1 and 13.1.2).
struct EntityTagList: Sendable, Hashable {
    struct Tag: Sendable, Hashable {
        let opaque: String
        let isWeak: Bool
    }
    /// Whether the field is `*`.
    let isAny: Bool
    let tags: [Tag]

    /// Nil when the field is not a list of entity tags.
    init?(_ field: String) {
        let text = field.trimmed
        if text == "*" {
            isAny = true
            tags = []
            return
        }
        isAny = false
        var tags: [Tag] = []
        var rest = Substring(text)
        while true {
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == "\"" else { return nil }
            let inside = rest.dropFirst()
            guard let end = inside.firstIndex(of: "\"") else { return nil }
            guard inside[..<end].utf8.allSatisfy({ $0 == 0x21 || 0x23...0x7E ~= $0 || $0 >= 0x80 }) else { return nil }
            tags.append(Tag(opaque: String(inside[..<end]), isWeak: isWeak))
            rest = inside[inside.index(after: end)...].drop { $0 == " " || $0 == "\t" }
            if rest.isEmpty { break }
            guard rest.first == ",", tags.count < 100 else { return nil }
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" || $0 == "," }
            if rest.isEmpty { break }
        }
        self.tags = tags
    }
}

extension String {
    /// Without blanks and tabs at either end.
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text.drop { $0 == " " || $0 == "\t" })
    }
}
