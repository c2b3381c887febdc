/// Where something is reached: an absolute URL, which may hold a password, so it prints without it.
public struct ConnectionURL: Sendable, Hashable {
    /// The whole URL as it was given, with its password: for the client that connects.
    public let text: String
    /// Lower-case, without `:`.
    public let scheme: String
    /// As written; empty for `file:///…`. IPv6 without brackets. The first one, where a store allows several.
    public let host: String
    /// As written.
    public let port: UInt16?
    /// From the first `/` after the host, up to the query; empty when there is none.
    public let path: String
    private let masked: String

    /// Nil when `text` is not `scheme://…` of printable ASCII without blanks, or its port is no port.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let colon = text.firstIndex(of: ":") else { return nil }
        let scheme = text[..<colon].lowercased()
        guard let first = scheme.utf8.first, 0x61...0x7A ~= first, scheme.utf8.allSatisfy(isSchemeByte) else { return nil }
        guard text[colon...].hasPrefix("://") else { return nil }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end]
        let at = authority.lastIndex(of: "@")
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        guard let (host, port) = ConnectionURL.split(place) else { return nil }
        guard scheme == "file" ? host.isEmpty && rest.hasPrefix("/") : !host.isEmpty else { return nil }
        self.text = text
        self.scheme = scheme
        self.host = host
        self.port = port
        path = String(rest[end...].prefix { $0 != "?" && $0 != "#" })
        let tail = ConnectionURL.masked(rest[end...])
        if let at, let password = authority[..<at].firstIndex(of: ":") {
            masked = text[..<text.index(after: password)] + Secret.mask + text[at..<end] + tail
        } else {
            masked = text[..<end] + tail
        }
    }

    /// Without the `/` at its end, for paths that begin with one to be put after it.
    public var base: String { text.hasSuffix("/") ? String(text.dropLast()) : text }

    /// The first value of that name in the query, as it is written; nil when there is none, or an empty one.
    public func query(_ name: String) -> String? {
        guard let mark = text.firstIndex(of: "?") else { return nil }
        for item in text[text.index(after: mark)...].prefix(while: { $0 != "#" }).split(separator: "&") where item.hasPrefix("\(name)=") {
            let value = item.dropFirst(name.count + 1)
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }

    /// Path and query, the values of the query left out that are passwords: `password=` of libpq, `tlsCertificateKeyFilePassword=` of MongoDB.
    private static func masked(_ tail: Substring) -> String {
        guard let mark = tail.firstIndex(of: "?") else { return String(tail) }
        let items = tail[tail.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false).map { item in
            let name = item.prefix { $0 != "=" }
            let isSecret = ["password", "secret", "token"].contains { name.lowercased().hasSuffix($0) }
            return isSecret && name.endIndex < item.endIndex ? "\(name)=\(Secret.mask)" : String(item)
        }
        return tail[...mark] + items.joined(separator: "&")
    }

    private static func split(_ place: Substring) -> (String, UInt16?)? {
        let first = place.prefix { $0 != "," }
        let afterHost: Substring
        let host: Substring
        if first.hasPrefix("[") {
            guard let close = first.firstIndex(of: "]") else { return nil }
            host = first[first.index(after: first.startIndex)..<close]
            afterHost = first[first.index(after: close)...]
        } else {
            host = first.prefix { $0 != ":" }
            afterHost = first[host.endIndex...]
        }
        if afterHost.isEmpty { return (String(host), nil) }
        guard afterHost.hasPrefix(":"), let port = UInt16(afterHost.dropFirst()), port > 0 else { return nil }
        return (String(host), port)
    }
}

extension ConnectionURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL with `•••` in place of its password.
    public var description: String { masked }
    /// The URL with `•••` in place of its password.
    public var debugDescription: String { masked }
    /// Shows the masked URL alone.
    public var customMirror: Mirror { Mirror(self, children: ["url": masked]) }
}

private func isSchemeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
}
