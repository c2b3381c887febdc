internal import HTTP

/// What a process needs to hold the limits that its routes declare: who counts, whose word on addresses is taken, and quotas that the operator has set.
public struct RateLimiting: Sendable {
    let limiter: any RateLimiter
    let addresses: ClientAddresses
    private let quotas: [String: Quota]

    /// As a service is configured: `LYCEUM_GATEWAY_ADDRESSES`, separated by commas, are the gateways whose `X-Forwarded-For` is believed (this machine's
    /// own, if nothing else is said), and `LYCEUM_LIMIT_<NAME>` another quota for a limit of `routes`, as `30/1m`, or `off`.
    public init(_ limiter: any RateLimiter, routes: [Route], _ configuration: ConfigurationReader) throws(ConfigurationError) {
        let text = try configuration.string("GATEWAY_ADDRESSES", default: "127.0.0.1,::1")
        let addresses = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
        if let wrong = addresses.first(where: { ClientAddresses.normal($0) == nil }) {
            throw ConfigurationError(key: "LYCEUM_GATEWAY_ADDRESSES", "\"\(wrong)\" is not an IP address")
        }
        var quotas: [String: Quota] = [:]
        for limit in routes.flatMap(\.limits) { quotas[limit.name] = try configuration.quota(limit.key, default: limit.quota) }
        self.init(limiter: limiter, gateways: addresses, quotas: quotas)
    }

    init(limiter: any RateLimiter, gateways: [String] = [], quotas: [String: Quota] = [:]) {
        self.limiter = limiter
        addresses = ClientAddresses(gateways: Set(gateways.compactMap(ClientAddresses.normal)))
        self.quotas = quotas
    }

    /// The limits as they hold here: without those that are off.
    func holding(_ limits: [RateLimit]) -> [RateLimit] { limits.map { $0.with(quotas[$0.name] ?? $0.quota) }.filter { $0.quota.count > 0 } }
}
