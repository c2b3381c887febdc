import Testing

@testable import Telemetry

@Suite("Spans")
struct SpanTests {
    private let queue = SpanQueue()
    private var tracer: Tracer { Tracer(service: "users", queue: queue) }

    @Test("the sender's word on whether its trace is sampled is kept, whatever the ratio", arguments: [0.0, 1.0])
    func sampledBySender(ratio: Double) throws {
        let tracer = Tracer(service: "users", ratio: ratio, queue: queue)
        let kept = try #require(Trace(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        let unkept = try #require(Trace(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
        #expect(Trace.entering(after: kept, tracer).tracer != nil && Trace.entering(after: kept, tracer).isSampled)
        #expect(Trace.entering(after: unkept, tracer).tracer == nil && !Trace.entering(after: unkept, tracer).isSampled)
        #expect(Trace.entering(after: kept, tracer).traceparent.hasSuffix("-01"))
        #expect(Trace.entering(after: unkept, tracer).traceparent.hasSuffix("-00"))
    }

    @Test("of the traces that begin here the ratio is kept")
    func ratio() {
        func kept(_ ratio: Double) -> Int {
            let tracer = Tracer(service: "users", ratio: ratio, queue: queue)
            return (0..<4000).count { _ in Trace.entering(after: nil, tracer).isSampled }
        }
        #expect(kept(0) == 0 && kept(1) == 4000)
        // Ten standard deviations on each side.
        #expect((730...1270).contains(kept(0.25)))
    }

    @Test("where nothing is exported no span is begun, nor a name or attribute made")
    func off() {
        func made() -> String {
            Issue.record("a name was made")
            return ""
        }
        #expect(ActiveSpan.begin(.client, made(), [("a", .string(made()))]) == nil)
        #expect(ActiveSpan(at: .entering(after: nil, nil), after: nil, .server, made(), [("a", .string(made()))]) == nil)
        Trace.$current.withValue(.random(isSampled: true)) { #expect(ActiveSpan.begin(.client, made()) == nil) }
        #expect(queue.count == 0)
    }

    @Test("a step within another is its child, in the same trace, and so are the steps that it makes")
    func nesting() throws {
        let root = Trace.entering(after: nil, tracer)
        let outer = try #require(ActiveSpan(at: root, after: nil, .server, "outer"))
        Trace.$current.withValue(root) {
            let inner = ActiveSpan.begin(.client, "inner")
            Trace.$current.withValue(inner?.trace) { ActiveSpan.begin(.inside, "innermost")?.end() }
            inner?.end()
        }
        outer.end(failure: "broken")
        let spans = queue.take(upTo: 10)
        #expect(spans.map(\.name) == ["innermost", "inner", "outer"])
        #expect(spans[0].parentID == spans[1].trace.spanID && spans[1].parentID == spans[2].trace.spanID && spans[2].parentID == nil)
        #expect(spans.allSatisfy { $0.trace.traceID == root.traceID && $0.service == "users" && $0.start <= $0.end })
        #expect(spans.map(\.failure) == [nil, nil, "broken"])
    }

    @Test("a full queue keeps what it has, and counts what it drops")
    func bounded() {
        let queue = SpanQueue(limit: 3), tracer = Tracer(service: "users", queue: queue)
        for number in 1...5 { ActiveSpan(at: .entering(after: nil, tracer), after: nil, .inside, "\(number)")?.end() }
        #expect(queue.takeDropped() == 2)
        #expect(queue.take(upTo: 2).map(\.name) == ["1", "2"] && queue.take(upTo: 2).map(\.name) == ["3"] && queue.count == 0)
    }
}
