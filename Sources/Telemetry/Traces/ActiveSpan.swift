/// A step that has begun: it becomes a `SpanRecord` when it ends, in the queue of the service whose trace it is.
public struct ActiveSpan: Sendable {
    /// For what the step does itself: its ids are the parents of further steps, and of the `traceparent` that goes out.
    public let trace: Trace
    private let tracer: Tracer
    private let parentID: UInt64?
    private let kind: SpanKind
    private let name: String
    private let start: Timestamp
    private let started: ContinuousClock.Instant
    private var attributes: [SpanAttribute]

    /// The step that `trace` is the place of, after `parent`. Nil, and neither name nor attributes are made, when nobody keeps the trace.
    public init?(
        at trace: Trace, after parent: Trace?, _ kind: SpanKind, _ name: @autoclosure () -> String,
        _ attributes: @autoclosure () -> [SpanAttribute] = []
    ) {
        guard let tracer = trace.tracer else { return nil }
        self.trace = trace
        self.tracer = tracer
        self.kind = kind
        self.name = name()
        self.attributes = attributes()
        parentID = parent?.spanID
        start = .now
        started = .now
    }

    /// A step within the one that the task works in. Nil, and neither name nor attributes are made, when nobody keeps its trace.
    public static func begin(
        _ kind: SpanKind, _ name: @autoclosure () -> String, _ attributes: @autoclosure () -> [SpanAttribute] = []
    ) -> ActiveSpan? {
        guard let current = Trace.current, current.tracer != nil else { return nil }
        return ActiveSpan(at: current.child(), after: current, kind, name(), attributes())
    }

    /// Something that is known now.
    public mutating func set(_ name: StaticString, _ value: SpanValue) { attributes.append((name, value)) }

    /// It is over. `failure` says in a word why it failed.
    public func end(failure: String? = nil) {
        let passed = (ContinuousClock.now - started).components
        let microseconds = passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000
        let more: [SpanAttribute] = failure.map { [("error.type", .string($0))] } ?? []
        tracer.add(SpanRecord(
            service: tracer.service, trace: trace, parentID: parentID, kind: kind, name: name, start: start,
            end: Timestamp(microseconds: start.microseconds + microseconds), attributes: attributes + more, failure: failure))
    }
}
