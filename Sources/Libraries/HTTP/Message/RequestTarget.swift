/// The target of a request line (RFC 9112, section 3.2), taken apart and not decoded.
struct RequestTarget: Sendable, Equatable {
    /// Begins with `/`; `*` for OPTIONS of the whole server.
    var path: String
    /// What follows the first `?`, nil without one.
    var query: String?

    init(path: String) { self.path = path }

    /// Nil for what is not visible ASCII, has a fragment, or is in no form that a server of its own resources gets.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") }) else { return nil }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        guard let start = Self.pathStart(bytes[..<mark]) else { return nil }
        path = start == mark ? "/" : String(decoding: bytes[start..<mark], as: UTF8.self)
        query = mark == bytes.endIndex ? nil : String(decoding: bytes[bytes.index(after: mark)...], as: UTF8.self)
    }

    /// Where the path begins: at once, or after scheme and authority (the absolute form, which every server must take).
    private static func pathStart<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.Index? {
        if bytes.first == UInt8(ascii: "/") || bytes.elementsEqual("*".utf8) { return bytes.startIndex }
        for scheme in ["http://", "https://"] {
            let end = bytes.index(bytes.startIndex, offsetBy: scheme.utf8.count, limitedBy: bytes.endIndex) ?? bytes.endIndex
            guard bytes[..<end].map(lowercased).elementsEqual(scheme.utf8) else { continue }
            let slash = bytes[end...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
            return slash == end || end == bytes.endIndex ? nil : slash
        }
        return nil
    }

    /// The names and values of the query in their order, decoded as forms are; nil when one of them cannot be.
    static func items(of query: String) -> [(name: String, value: String)]? {
        var items: [(String, String)] = []
        for item in query.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            let rest = equals == item.endIndex ? item[equals...] : item[item.index(after: equals)...]
            guard let name = percentDecoded(item[..<equals], plusIsSpace: true) else { return nil }
            guard let value = percentDecoded(rest, plusIsSpace: true) else { return nil }
            items.append((name, value))
        }
        return items
    }
}

/// The ASCII lower-case form of a byte.
func lowercased(_ byte: UInt8) -> UInt8 { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte }
