import Testing
@testable import Broker

struct BrokerConfigurationTests {
    @Test("an address names user, password, host, port and virtual host, percent-encoded")
    func address() throws {
        let configuration = try BrokerConfiguration(url: "amqp://ly%40ceum:p%3Aw%2F@broker.internal:5673/cour%2Fses?heartbeat=5")
        #expect(configuration.user == "ly@ceum")
        #expect(configuration.password == "p:w/")
        #expect(configuration.host == "broker.internal")
        #expect(configuration.port == 5673)
        #expect(configuration.virtualHost == "cour/ses")
        #expect(!"\(configuration)".contains("p:w/"))
    }

    @Test("what an address leaves out is RabbitMQ's default", arguments: ["amqp://localhost", "amqp://localhost/", "amqp://localhost:5672/%2F"])
    func defaults(_ url: String) throws {
        let configuration = try BrokerConfiguration(url: url)
        #expect(configuration.user == "guest" && configuration.password == "guest" && configuration.port == 5672 && configuration.virtualHost == "/")
    }

    @Test("an address of another kind is refused", arguments: [
        "", "http://x", "amqps://x", "amqp://", "amqp://h:0", "amqp://h:99999", "amqp://h:x", "amqp://%zz", "amqp://u:%00@h",
    ])
    func refused(_ url: String) {
        #expect(throws: BrokerError.self) { try BrokerConfiguration(url: url) }
    }

    @Test("an IPv6 host stands in brackets")
    func ipv6() throws {
        let configuration = try BrokerConfiguration(url: "amqp://[::1]:5673")
        #expect(configuration.host == "::1" && configuration.port == 5673)
    }

    @Test("waits double up to the cap and never exceed it")
    func backoff() {
        var backoff = Backoff(firstMilliseconds: 50, capMilliseconds: 300)
        let longest = (0..<5).map { _ in backoff.milliseconds { $0.upperBound } }
        #expect(longest == [50, 100, 200, 300, 300])
        backoff.reset()
        #expect(backoff.milliseconds { $0.lowerBound } == 25)
    }
}
