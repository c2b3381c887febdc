import Kit

/// Which port is whose. One number moves all of them (`LYCEUM_PORT_BASE`); each can be set by itself.
struct Ports: Sendable {
    static let fallbackBase = 7400

    private let configuration: ConfigurationReader
    private let base: Int

    init(_ configuration: ConfigurationReader) throws(ConfigurationError) {
        self.configuration = configuration
        base = try configuration.int("PORT_BASE", default: Self.fallbackBase, in: 1024...65_000)
    }

    /// The port of a service that the gateway routes to.
    func open(_ service: String) throws(ConfigurationError) -> UInt16 { try port(service, "PORT", offset: 10) }
    /// The port of a service with health, metrics and the routes for other services.
    func admin(_ service: String) throws(ConfigurationError) -> UInt16 { try port(service, "ADMIN_PORT", offset: 30) }

    private func port(_ service: String, _ key: String, offset: Int) throws(ConfigurationError) -> UInt16 {
        let place = HostedServices.names.firstIndex(of: service) ?? 0
        return try configuration.port("\(service.uppercased())_\(key)", default: UInt16(base + offset + place))
    }
}
