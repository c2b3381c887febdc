import HTTP
import Loop
import TestKit
import Testing

@testable import Kit

@Suite("From where a request comes") struct ClientAddressesTests {
    private func network(_ peer: String, _ fields: [String]) throws -> String {
        let headers = fields.map { (name: "X-Forwarded-For", value: $0) }
        let request = try #require(Request("GET", "/", headers: headers, remoteAddress: peer, on: testLoops.loops[0]))
        let gateways = Set(["127.0.0.1", "::1", "10.0.0.1"].compactMap(ClientAddresses.normal))
        return ClientAddresses(gateways: gateways).network(of: request)
    }

    @Test("what a gateway says of a client counts, and nothing that the client says itself", arguments: [
        ("203.0.113.7", [], "203.0.113.7"), ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"), ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"), ("::ffff:10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["1.2.3.4, 203.0.113.7"], "203.0.113.7"), ("127.0.0.1", ["1.2.3.4", "5.6.7.8,\t203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["1.2.3.4, unknown"], "127.0.0.1"), ("127.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
    ] as [(String, [String], String)])
    func gateways(peer: String, fields: [String], network: String) throws { #expect(try self.network(peer, fields) == network) }

    @Test("an IPv6 client is its /64, however it is written") func sixtyFour() throws {
        #expect(try network("127.0.0.1", ["2001:db8:1:2::1"]) == "2001:db8:1:2::/64")
        #expect(try network("2001:DB8:1:2:ffff:5::9", []) == "2001:db8:1:2::/64")
        #expect(try network("127.0.0.1", ["2001:db8:1:3::1"]) != network("2001:db8:1:2::1", []))
    }
}
