internal import Loop
public import Telemetry

/// Values kept for a moment in this process, in front of what is slower to ask. The one used longest ago goes first when there are too many.
///
/// Many callers who miss the same key at once cause one load. Another process that changes the source is noticed when the value's moment is over:
/// that is how stale it may be. When the source cannot be reached then, the old value serves on for a while, as it was.
public final class ProcessCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// What the cache may take, and how long its values serve.
    public struct Limits: Sendable {
        /// Values kept at once.
        public var entries = 10_000
        /// Bytes of all of them.
        public var bytes = 4 << 20
        /// How long a value serves without a look at the source: how stale it may be. With 0 each value serves those alone who wait for it.
        public var freshMilliseconds = 1000
        /// How long it serves while the source cannot be reached, from when it was loaded.
        public var staleMilliseconds = 300_000

        /// The defaults.
        public init() {}
    }

    private struct Entry: Sendable {
        let value: Value
        let freshUntil: Int
        let usableUntil: Int
    }
    private let limits: Limits
    private let size: @Sendable (Value) -> Int
    private let now: @Sendable () -> Int
    private let memory: Locked<BoundedMemory<Key, Entry>>
    private let flights = SingleFlight<Key, Entry>()
    private let metrics: CacheMetrics

    /// `name` is the label of its metrics; `size` says how many bytes a value takes.
    public convenience init(_ name: String, _ limits: Limits = Limits(), metrics: Metrics = .shared, size: @escaping @Sendable (Value) -> Int) {
        self.init(name, limits, metrics: metrics, now: { monotonicMilliseconds() }, size: size)
    }

    init(_ name: String, _ limits: Limits, metrics: Metrics, now: @escaping @Sendable () -> Int, size: @escaping @Sendable (Value) -> Int) {
        self.limits = limits
        self.size = size
        self.now = now
        self.metrics = CacheMetrics(metrics, cache: name)
        memory = Locked(BoundedMemory(limit: limits.entries, bytes: limits.bytes))
    }

    /// What is kept under `key`, or what `load` gives, which is then kept. Throws what `load` throws, unless that is that something cannot be
    /// reached now and an old value is there.
    public func value(_ key: Key, load: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let time = now()
        if let kept = memory.withLock({ $0.value(for: key) }), time < kept.freshUntil {
            metrics.hits.add()
            return kept.value
        }
        metrics.misses.add()
        return try await flights.value(key, keep: { [self] in keep($0, key) }, work: { [self] in try await loaded(key, load) }).value
    }

    /// The values of these keys have changed: those kept, and those being loaded, are not for anyone who asks from now on.
    public func forget(_ keys: some Sequence<Key>) {
        let keys = Array(keys)
        flights.forget(keys)
        memory.withLock { memory in for key in keys { memory.removeValue(for: key) } }
    }

    /// How many are kept, and their bytes.
    var extent: (entries: Int, bytes: Int) { memory.withLock { ($0.count, $0.bytes) } }

    private func keep(_ entry: Entry, _ key: Key) {
        let extent = memory.withLock { memory in
            memory.set(entry, for: key, bytes: size(entry.value))
            return (memory.count, memory.bytes)
        }
        metrics.holds(entries: extent.0, bytes: extent.1)
    }

    /// Times count from before the load: what changes while it runs is not older than it seems.
    private func loaded(_ key: Key, _ load: @Sendable () async throws -> Value) async throws -> Entry {
        let begun = now()
        do {
            let value = try await load()
            return Entry(value: value, freshUntil: begun + limits.freshMilliseconds, usableUntil: begun + limits.staleMilliseconds)
        } catch {
            let time = now()
            let old = memory.withLock { memory -> Entry? in
                // Any other error is an answer: the old value is wrong.
                guard (error as? any ProblemConvertible)?.problem.status == 503 else {
                    memory.removeValue(for: key)
                    return nil
                }
                return memory.value(for: key)
            }
            guard let old, time < old.usableUntil else { throw error }
            metrics.stale.add()
            return Entry(value: old.value, freshUntil: time + limits.freshMilliseconds, usableUntil: old.usableUntil)
        }
    }
}
