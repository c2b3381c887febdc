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

/// What an edit was made from: the `If-Match` field of a request.
public struct IfMatch: Sendable, Hashable {
    private let list: EntityTagList

    /// Nil when the field is not a list of entity tags.
    public init?(_ field: String) {
        guard let list = EntityTagList(field) else { return nil }
        self.list = list
    }

    /// Whether a thing with this tag may be changed: strong comparison, `*` allows any.
    public func allows(_ current: ETag) -> Bool {
        list.isAny || list.tags.contains { !$0.isWeak && $0.opaque == current.opaque }
    }

    /// Throws 412 when a thing with this tag may not be changed.
    public func check(_ current: ETag) throws(Problem) {
        guard allows(current) else { throw .preconditionFailed() }
    }

    /// Throws 412 when a thing of this revision may not be changed.
    public func check(revision: Int) throws(Problem) { try check(ETag(revision: revision)) }

    /// The revisions that may be changed, for a statement's WHERE; nil when any may.
    public var revisions: [Int]? {
        list.isAny ? nil : list.tags.filter { !$0.isWeak }.compactMap { Int($0.opaque) }
    }
}

/// What a client has already: the `If-None-Match` field of a request.
public struct IfNoneMatch: Sendable, Hashable {
    private let list: EntityTagList

    /// Nil when the field is not a list of entity tags.
    public init?(_ field: String) {
        guard let list = EntityTagList(field) else { return nil }
        self.list = list
    }

    /// Whether the client has what carries this tag: weak comparison, `*` has any.
    public func has(_ current: ETag) -> Bool {
        list.isAny || list.tags.contains { $0.opaque == current.opaque }
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
