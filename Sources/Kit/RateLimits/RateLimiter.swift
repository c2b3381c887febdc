/// Counts requests for all processes together.
public protocol RateLimiter: Sendable {
    /// Takes the cost of a request from what `limit` leaves to a client, if that is enough. Nil when nobody can say: then the request is let in.
    func take(_ limit: RateLimit, client: String) async -> RateLimitVerdict?
}

/// What became of one request under a limit.
public struct RateLimitVerdict: Sendable, Hashable {
    /// Whether it is let in.
    public let isAllowed: Bool
    /// How much of the quota is left.
    public let remaining: Int
    /// Seconds until all of it is back.
    public let resetSeconds: Int
    /// Seconds until a request that was refused would be let in.
    public let retrySeconds: Int

    /// As a limiter makes it.
    public init(isAllowed: Bool, remaining: Int, resetSeconds: Int, retrySeconds: Int) {
        self.isAllowed = isAllowed
        self.remaining = remaining
        self.resetSeconds = resetSeconds
        self.retrySeconds = retrySeconds
    }
}
