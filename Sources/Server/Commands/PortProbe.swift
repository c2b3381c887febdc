import Glibc
import Loop

/// Whether something listens on a port.
enum PortProbe {
    /// Seconds that a connection may take.
    private static let limit = 2

    /// Whether a connection is made in time. Blocking: for a verb whose loop has nothing else to do.
    static func answers(_ address: SocketAddress) -> Bool {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var wait = timeval(tv_sec: limit, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        if address.isIPv6 {
            var place = sockaddr_in6()
            place.sin6_family = sa_family_t(AF_INET6)
            place.sin6_port = address.port.bigEndian
            return inet_pton(AF_INET6, address.host, &place.sin6_addr) == 1 && connects(descriptor, &place)
        }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = address.port.bigEndian
        return inet_pton(AF_INET, address.host, &place.sin_addr) == 1 && connects(descriptor, &place)
    }

    private static func connects<Place>(_ descriptor: CInt, _ place: inout Place) -> Bool {
        withUnsafeMutableBytes(of: &place) { bytes in
            guard let start = bytes.baseAddress else { return false }
            return connect(descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
        }
    }
}
