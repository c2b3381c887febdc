public import JSON
internal import Loop
public import Telemetry

/// Answers kept for a while in Redis, in front of a slower source: read here first, loaded from the source when they are not here, and kept then.
///
/// Many callers who miss the same key at once cause one load (in each process). When Redis is down or slow, everything is loaded from the source.
/// What is loaded while `invalidate` is called for its key is not kept, nor given to who asks afterwards: a load takes out a lease, keeps its result
/// only if the lease still holds, and invalidating removes the lease. So a stale answer lives longer than its invalidation only if Redis could not be reached for it, and then
/// no longer than its time to live.
public final class RedisCache: Sendable {
    private let redis: RedisPool
    private let name: String
    private let flights = SingleFlight<String, Buffer>()
    private let hits: Counter.Series
    private let misses: Counter.Series
    private let failures: Counter.Series

    /// How long a load may take and still be kept, in milliseconds.
    private static let leaseMilliseconds = 10_000

    /// Keys are `name:{key}`; the name is also the label of the metric `redis_cache_total`.
    public init(_ redis: RedisPool, name: String, metrics: Metrics = .shared) {
        self.redis = redis
        self.name = name
        let outcomes = metrics.counter("redis_cache_total", help: "Look-ups by what came of them", labels: ["cache", "outcome"])
        hits = outcomes.series(name, "hit")
        misses = outcomes.series(name, "miss")
        failures = outcomes.series(name, "unavailable")
    }

    /// What is kept under `key`, or what `load` gives, which is then kept for about `seconds`. Throws what `load` throws.
    ///
    /// Every caller of the moment gets the same result. The load goes on when its callers are cancelled: it ends by its own deadlines.
    public func value(_ key: String, seconds: Int, load: @escaping @Sendable () async throws -> Buffer) async throws -> Buffer {
        try await flights.value(key) { [self] in try await fetch(key, seconds, load) }
    }

    /// Forgets what is kept under these keys, and what is being loaded for them. False when Redis could not be told.
    @discardableResult
    public func invalidate(_ keys: [String]) async -> Bool {
        defer { flights.forget(keys) }
        do { try await redis.delete(keys.flatMap { [valueKey($0), leaseKey($0)] }) } catch { return false }
        return true
    }

    private func fetch(_ key: String, _ seconds: Int, _ load: @Sendable () async throws -> Buffer) async throws -> Buffer {
        var lease: [UInt8]?
        do throws(RedisError) {
            switch try await look(for: key) {
            case .kept(let value):
                hits.add()
                return value
            case .missing(let ours): lease = ours
            }
            misses.add()
        } catch {
            failures.add()
        }
        let value = try await load()
        if let lease { await keep(value, key, seconds, lease) }
        return value
    }

    /// What is kept, or the lease to keep what is loaded; nil when somebody else has it: what is loaded is then not kept by us.
    private enum Found { case kept(Buffer), missing(lease: [UInt8]?) }

    /// One step in Redis, so that a miss costs no second round trip.
    private func look(for key: String) async throws(RedisError) -> Found {
        let token = UUID16.v7().bytes
        let answer = try await redis.eval(
            RedisCache.lookScript, keys: [valueKey(key), leaseKey(key)], [.bytes(token), .int(RedisCache.leaseMilliseconds)])
        if let kept = answer.bytesValue { return .kept(Buffer(kept)) }
        return .missing(lease: answer == .integer(1) ? token : nil)
    }

    /// Up to a tenth longer or shorter, so that what was loaded together does not end together.
    private func keep(_ value: Buffer, _ key: String, _ seconds: Int, _ lease: [UInt8]) async {
        let chance = lease.last.map(Int.init) ?? 0   // the last byte of an id is as good as any
        let milliseconds = seconds * (900 + chance * 200 / 255)
        let words: [RedisCommand.Word] = [.bytes(lease), .bytes(value.array), .int(max(milliseconds, 1))]
        _ = try? await redis.eval(RedisCache.keepScript, keys: [valueKey(key), leaseKey(key)], words)
    }

    private static let lookScript = RedisScript("""
        local kept = redis.call('GET', KEYS[1])
        if kept then return kept end
        if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
        return 0
        """)

    private static let keepScript = RedisScript("""
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[2])
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """)

    // The braces keep both keys in the same slot of a cluster.
    private func valueKey(_ key: String) -> String { "\(name):{\(key)}" }
    private func leaseKey(_ key: String) -> String { "\(name):{\(key)}:lease" }
}
