/// An internet address and port, as text that needs no name service.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// `192.0.2.1` or `2001:db8::1`.
    public var host: String
    /// The port, 0 when there is none.
    public var port: UInt16
    /// An address from its parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }
    /// Whether `host` is an IPv6 address.
    public var isIPv6: Bool { host.utf8.contains(UInt8(ascii: ":")) }
    /// `192.0.2.1:80` or `[2001:db8::1]:80`.
    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
