/// Spans that wait for their exporter. Bounded: what comes while it is full is dropped and counted, and nobody waits.
public final class SpanQueue: Sendable {
    private struct State {
        var spans: [SpanRecord] = []
        var dropped = 0
    }
    private let limit: Int
    private let state = Guarded(State())

    /// Room for `limit` spans.
    public init(limit: Int = 4096) { self.limit = limit }

    /// How many wait.
    public var count: Int { state.withLock { $0.spans.count } }

    /// How many were dropped since the last call.
    public func takeDropped() -> Int {
        state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    /// The oldest, `count` at most; they wait no longer.
    public func take(upTo count: Int) -> [SpanRecord] {
        state.withLock { state in
            let taken = Array(state.spans.prefix(count))
            state.spans.removeFirst(taken.count)
            return taken
        }
    }

    func add(_ span: SpanRecord) {
        state.withLock { state in
            if state.spans.count < limit { state.spans.append(span) } else { state.dropped += 1 }
        }
    }
}
