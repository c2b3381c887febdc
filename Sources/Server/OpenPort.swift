import HTTP
import Kit

/// The port of a service that clients reach.
enum OpenPort {
    /// How it listens, and what a client may take of it.
    ///
    /// `CONCURRENCY` is how many requests run at once: more wait a moment, or are told to come back later. `CONNECTIONS_PER_ADDRESS` is for a service that
    /// clients reach by themselves: behind a gateway every connection comes from the gateway's address.
    static func configuration(
        of service: String, address: String, ports: Ports, loops: Int, _ configuration: ConfigurationReader
    ) throws -> HTTPService.Configuration {
        var open = HTTPService.Configuration(address: address, port: try ports.open(service))
        open.limits.connectionsPerAddress = try configuration.int("CONNECTIONS_PER_ADDRESS", default: 0, in: 0...1_000_000)
        open.concurrency = try configuration.int("CONCURRENCY", default: 64 * loops, in: 1...100_000)
        return open
    }
}
