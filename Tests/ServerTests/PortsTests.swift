import Kit
import Testing
@testable import Server

@Suite("Ports")
struct PortsTests {
    private func ports(_ environment: [String: String] = [:]) throws -> Ports { try Ports(ConfigurationReader(environment: environment)) }

    @Test("each service has two ports of its own, counted from one base")
    func defaults() throws {
        let ports = try ports()
        #expect(try HostedServices.names.map { try ports.open($0) } == Array(7410...7416))
        #expect(try HostedServices.names.map { try ports.admin($0) } == Array(7430...7436))
        #expect(HostedServices.names == ["users", "courses", "enrollments", "media", "delivery", "search", "notifications"])
    }

    @Test("the base moves all of them, and each can be set by itself")
    func moved() throws {
        let ports = try ports(["LYCEUM_PORT_BASE": "20000", "LYCEUM_MEDIA_PORT": "8080", "LYCEUM_USERS_ADMIN_PORT": "9090"])
        #expect(try ports.open("users") == 20_010)
        #expect(try ports.open("media") == 8080)
        #expect(try ports.admin("users") == 9090)
        #expect(try ports.admin("media") == 20_033)
    }

    @Test("what is no port is refused by the name of its key", arguments: [("LYCEUM_PORT_BASE", "80"), ("LYCEUM_PORT_BASE", "x"), ("LYCEUM_USERS_PORT", "65536")])
    func refused(_ key: String, _ value: String) {
        let error = #expect(throws: ConfigurationError.self) { try ports([key: value]).open("users") }
        #expect(error.map { "\($0)".contains(key) } == true)
    }
}
