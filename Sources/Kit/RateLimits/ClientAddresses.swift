import Glibc
internal import HTTP

/// From where a request comes: what is counted of clients that nobody knows otherwise.
///
/// A gateway says whose request it passes on, as the last entry of `X-Forwarded-For`: what stands before it, and what anyone else sends in that
/// field, is a claim from outside.
struct ClientAddresses: Sendable {
    /// Addresses whose word counts, as `normal` writes them.
    let gateways: Set<String>

    /// `203.0.113.7`, or the /64 of an IPv6 address, of which one client has every address: `2001:db8:1:2::/64`.
    func network(of request: Request) -> String {
        let peer = Self.normal(request.remoteAddress) ?? request.remoteAddress
        guard gateways.contains(peer), let told = request.headers("x-forwarded-for").last?.split(separator: ",").last else { return Self.network(peer) }
        return Self.network(Self.normal(told.filter { $0 != " " && $0 != "\t" }) ?? peer)
    }

    private static func network(_ address: String) -> String {
        guard let bytes = bytes(address), bytes.count == 16 else { return address }
        return text(bytes.prefix(8) + [UInt8](repeating: 0, count: 8)).map { $0 + "/64" } ?? address
    }

    /// An address in one way of writing it; an IPv4 address that is written as IPv6 is IPv4. Nil for what is none.
    static func normal(_ text: String) -> String? {
        guard var bytes = bytes(text) else { return nil }
        if bytes.count == 16, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF { bytes.removeFirst(12) }
        return self.text(bytes)
    }

    private static func text(_ bytes: [UInt8]) -> String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
