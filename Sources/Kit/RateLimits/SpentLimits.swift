import HTTP

/// What one request has taken of the limits of its route, and what its answer says of them (draft-ietf-httpapi-ratelimit-headers-10).
struct SpentLimits {
    private var policies: [String] = []
    private var states: [String] = []

    /// Takes what the request costs of each limit. Throws 429 when one has not enough left; what nobody can count is let in, and not told of.
    mutating func take(_ limits: [RateLimit], client: @autoclosure () -> String, _ limiter: any RateLimiter) async throws(Problem) {
        guard !limits.isEmpty else { return }
        let client = client()
        for limit in limits {
            guard let verdict = await limiter.take(limit, client: client) else { continue }
            policies.append(limit.field)
            states.append("\"\(limit.name)\";r=\(verdict.remaining);t=\(verdict.resetSeconds)")
            guard verdict.isAllowed else { throw .tooManyRequests(retryAfter: verdict.retrySeconds) }
        }
    }

    /// Adds the fields.
    func write(to response: inout Response) {
        guard !policies.isEmpty else { return }
        response.headers.append(("ratelimit-policy", policies.joined(separator: ", ")))
        response.headers.append(("ratelimit", states.joined(separator: ", ")))
    }
}
