import Kit
import Redis
import Telemetry

/// Counts for all processes together, in Redis and by its clock. While Redis is away requests are let in: they are counted as such, and the log has a line
/// a second.
struct RedisRateLimiter: RateLimiter {
    private let redis: RedisPool
    private let waitMilliseconds: Int
    /// Microseconds since 1970, in the place of the server's clock.
    private let now: (@Sendable () -> Int)?
    private let uncounted: Counter
    private let refused: Counter
    private let warning: RareWarning

    /// Longer than `waitMilliseconds` no request waits to be counted.
    init(_ redis: RedisPool, log: Log, waitMilliseconds: Int = 100, metrics: Metrics = .shared, now: (@Sendable () -> Int)? = nil) {
        self.redis = redis
        self.waitMilliseconds = waitMilliseconds
        self.now = now
        uncounted = metrics.counter("rate_limit_uncounted_total", help: "Requests let in because Redis could not be asked.", labels: ["policy"])
        refused = metrics.counter("rate_limit_refused_total", help: "Requests over their limit.", labels: ["policy"])
        warning = RareWarning("requests are let in uncounted: Redis does not answer", to: log)
    }

    func take(_ limit: RateLimit, client: String) async -> RateLimitVerdict? {
        let rule = GCRA(limit.quota)
        let words: [RedisCommand.Word] = [.int(rule.interval * limit.cost), .int(rule.window), .int(now?() ?? 0)]
        do {
            let answer = try await redis.eval(Self.script, keys: ["limit:\(limit.name):\(client)"], words, within: waitMilliseconds)
            guard let parts = answer.arrayValue?.compactMap(\.integerValue), parts.count == 3 else { return letIn(limit, "\(answer)") }
            if parts[0] == 0 { refused.add(1, limit.name) }
            return rule.verdict(isAllowed: parts[0] == 1, usedMicroseconds: parts[1], waitMicroseconds: parts[2])
        } catch {
            return letIn(limit, "\(error)")
        }
    }

    private func letIn(_ limit: RateLimit, _ error: String) -> RateLimitVerdict? {
        uncounted.add(1, limit.name)
        warning.happened([("policy", .string(limit.name)), ("error", .string(error))])
        return nil
    }

    /// The generic cell rate algorithm. A key holds the moment when everything that its client used is back, and lives until then. Numbers are
    /// microseconds below 2^53.
    private static let script = RedisScript("""
        local cost, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        if now == 0 then
          local time = redis.call('TIME')
          now = time[1] * 1000000 + time[2]
        end
        local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
        local after = full + cost
        if after - now > window then return {0, full - now, after - window - now} end
        redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
        return {1, after - now, 0}
        """)
}
