/// Where the spans of one service go. A process whose traces are exported nowhere has none, and then a span costs a look at the task's trace.
public final class Tracer: Sendable {
    /// The service whose steps they are: `users`.
    public let service: String
    private let ratio: Double
    private let queue: SpanQueue

    /// Spans of `service`, kept in `queue` for an exporter. Of the traces that begin here `ratio` (0 to 1) are kept; of others those whose
    /// sender keeps them.
    public init(service: String, ratio: Double = 1, queue: SpanQueue) {
        self.service = service
        self.ratio = ratio
        self.queue = queue
    }

    /// Whether a trace that begins now is kept.
    func keepsNext() -> Bool { Double.random(in: 0..<1) < ratio }

    func add(_ span: SpanRecord) { queue.add(span) }
}
