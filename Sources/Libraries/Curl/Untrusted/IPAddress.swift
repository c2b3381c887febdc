internal import CCurl
import Glibc

/// An internet address as its bytes: 4 of IPv4, 16 of IPv6.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    /// From `192.0.2.1` or `2001:db8::1`, as written by `inet_ntop`; a zone (`%eth0`) is left out. Nil for any other text.
    public init?(_ text: String) {
        let plain = String(text.prefix { $0 != "%" })
        if let bytes = Self.parse(plain, AF_INET, 4) ?? Self.parse(plain, AF_INET6, 16) { self.bytes = bytes } else { return nil }
    }

    /// Nil for what is no internet address. Read where libcurl has it: its struct is declared for the shorter of them, and a copy would end there.
    init?(_ address: UnsafePointer<curl_sockaddr>) {
        guard let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let socket = UnsafeRawPointer(address) + start
        let place: (offset: Int?, count: Int)
        switch address.pointee.family {
        case AF_INET: place = (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4)
        case AF_INET6: place = (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16)
        default: return nil
        }
        guard let offset = place.offset else { return nil }
        bytes = Array(UnsafeRawBufferPointer(start: socket + offset, count: place.count))
    }

    private static func parse(_ text: String, _ family: CInt, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    /// `192.0.2.1` or `2001:db8::1`.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether it is of the public internet (IANA's special-purpose registries, RFC 6890): not this host, a private network, a link, a cloud's
    /// metadata, a group, or a way to IPv4 in disguise (mapped, compatible, NAT64, 6to4, Teredo).
    public var isPublic: Bool {
        if bytes.count == 4 { return !Self.reserved4.contains { $0.holds(bytes) } }
        return Self.unicast6.holds(bytes) && !Self.reserved6.contains { $0.holds(bytes) }
    }

    private static let reserved4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",   // Azure's own service for virtual machines
    ].compactMap(AddressBlock.init)
    /// All that is given out of IPv6 so far.
    private static let unicast6 = AddressBlock([0x20], bits: 3)
    private static let reserved6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].compactMap(AddressBlock.init)
}

/// Addresses whose first bits are the same.
private struct AddressBlock {
    let first: [UInt8]
    let bits: Int

    init(_ first: [UInt8], bits: Int) {
        self.first = first
        self.bits = bits
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let address = IPAddress(String(parts[0])), let bits = Int(parts[1]) else { return nil }
        self.init(address.bytes, bits: bits)
    }

    /// `bytes` are of the same family.
    func holds(_ bytes: [UInt8]) -> Bool {
        (0..<(bits + 7) / 8).allSatisfy { index in
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(8, bits - index * 8))
            return bytes[index] & mask == first[index] & mask
        }
    }
}
