import Glibc
@testable import HTTP
import Testing

@Suite("Where clients come from")
struct ClientNetworksTests {
    private func network(_ text: String) -> ClientNetwork? {
        var four = sockaddr_in()
        if inet_pton(AF_INET, text, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            return withUnsafePointer(to: &four) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ClientNetwork($0, length: 16) } }
        }
        var six = sockaddr_in6()
        guard inet_pton(AF_INET6, text, &six.sin6_addr) == 1 else { return ClientNetwork(nil, length: 0) }
        six.sin6_family = sa_family_t(AF_INET6)
        return withUnsafePointer(to: &six) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ClientNetwork($0, length: 28) } }
    }

    @Test("an IPv4 address is one client, written as IPv6 too; of IPv6 it is the /64")
    func networks() {
        #expect(network("192.0.2.1") != network("192.0.2.2"))
        #expect(network("192.0.2.1") == network("::ffff:192.0.2.1"))
        #expect(network("2001:db8::1") == network("2001:db8::ffff:1"))
        #expect(network("2001:db8::1") != network("2001:db8:0:1::1"))
        #expect(network("::1") != network("0.0.0.0"))
        #expect(network("no address") == nil)
    }

    @Test("a network has so many connections, and none is kept of one that has left")
    func counts() throws {
        let networks = ClientNetworks(limit: 2)
        let first = try #require(network("192.0.2.1"))
        let second = try #require(network("192.0.2.2"))
        #expect(networks.enter(first) && networks.enter(first) && !networks.enter(first) && networks.enter(second))
        networks.leave(first)
        #expect(networks.enter(first) && !networks.enter(first))
        for network in [first, first, first, second] { networks.leave(network) }
        #expect(networks.count == 0 && networks.enter(first))
    }
}
