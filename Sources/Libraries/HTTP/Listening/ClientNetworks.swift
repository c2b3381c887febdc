internal import CMicroHTTPD
import Glibc
internal import Loop

/// From where a connection comes, as far as connections are counted by it: an IPv4 address, or a /64 of IPv6, of which one client has every address.
struct ClientNetwork: Sendable, Hashable {
    private let family: CInt
    private let bits: UInt64

    /// Nil for an address that is of neither family.
    init?(_ address: UnsafePointer<sockaddr>?, length: socklen_t) {
        var bits: UInt64 = 0
        family = lyceum_http_network(address, length, &bits)
        self.bits = bits
        if family == 0 { return nil }
    }
}

/// The open connections of each network, over all loops that listen on a port.
final class ClientNetworks: Sendable {
    private let counts = Locked<[ClientNetwork: Int]>([:])
    private let limit: Int

    /// At most `limit` connections a network.
    init(limit: Int) { self.limit = limit }

    /// Counts a connection; false when there are as many as may be.
    func enter(_ network: ClientNetwork) -> Bool {
        counts.withLock { counts in
            let count = counts[network] ?? 0
            guard count < limit else { return false }
            counts[network] = count + 1
            return true
        }
    }

    /// A counted connection has ended.
    func leave(_ network: ClientNetwork) {
        counts.withLock { counts in
            guard let count = counts[network] else { return }
            counts[network] = count > 1 ? count - 1 : nil
        }
    }

    /// How many networks have a connection.
    var count: Int { counts.withLock { $0.count } }
}
