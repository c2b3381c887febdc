import Telemetry

/// What is measured of a cache of this process.
struct CacheMetrics: Sendable {
    let hits: Counter.Series
    let misses: Counter.Series
    /// Served although it is old, since its source could not be reached.
    let stale: Counter.Series
    private let entries: Gauge.Series
    private let bytes: Gauge.Series

    init(_ registry: Metrics, cache: String) {
        let outcomes = registry.counter(
            "process_cache_total", help: "Look-ups by what came of them: hit, miss, and stale for a miss that an old value answered.",
            labels: ["cache", "outcome"])
        hits = outcomes.series(cache, "hit")
        misses = outcomes.series(cache, "miss")
        stale = outcomes.series(cache, "stale")
        entries = registry.gauge("process_cache_entries", help: "Values kept.", labels: ["cache"]).series(cache)
        bytes = registry.gauge("process_cache_bytes", help: "Bytes of the values kept.", labels: ["cache"]).series(cache)
    }

    func holds(entries count: Int, bytes size: Int) {
        entries.set(Double(count))
        bytes.set(Double(size))
    }
}
