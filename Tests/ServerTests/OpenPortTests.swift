import Glibc
import HTTP
import Kit
import Testing
@testable import Server

@Suite("The port that clients reach")
struct OpenPortTests {
    private func port(_ environment: [String: String], of service: String = "users") throws -> HTTPService.Configuration {
        let configuration = ConfigurationReader(environment: environment)
        return try OpenPort.configuration(of: service, address: "127.0.0.1", ports: try Ports(configuration), loops: 2, configuration.scoped(to: service))
    }

    @Test("an address has any number of connections unless the service, or all of them, are told otherwise")
    func connectionsPerAddress() throws {
        #expect(try port([:]).limits.connectionsPerAddress == 0)
        #expect(try port(["LYCEUM_CONNECTIONS_PER_ADDRESS": "100"]).limits.connectionsPerAddress == 100)
        let users = ["LYCEUM_CONNECTIONS_PER_ADDRESS": "100", "LYCEUM_USERS_CONNECTIONS_PER_ADDRESS": "7"]
        #expect(try port(users).limits.connectionsPerAddress == 7)
        #expect(try port(users, of: "media").limits.connectionsPerAddress == 100)
        #expect(throws: ConfigurationError.self) { try port(["LYCEUM_CONNECTIONS_PER_ADDRESS": "-1"]) }
    }

    @Test("64 requests run at once for each loop unless the service is told otherwise")
    func concurrency() throws {
        #expect(try port([:]).concurrency == 128)
        #expect(try port(["LYCEUM_CONCURRENCY": "9", "LYCEUM_USERS_CONCURRENCY": "7"]).concurrency == 7)
        #expect(throws: ConfigurationError.self) { try port(["LYCEUM_CONCURRENCY": "0"]) }
    }

    @Test("a process may open as many descriptors as its hard limit says")
    func openFiles() {
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        let hard = limit.rlim_max
        limit.rlim_cur = min(limit.rlim_cur, 1024)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        #expect(OpenFiles.raiseLimit() == hard)
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_cur == hard)
    }
}
