@testable import Events
import Kit
import Telemetry
import TestKit
import Testing

@Suite("Spans of events", .serialized, .timeLimit(.minutes(2)))
struct EventSpanTests {
    private static let sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("an event is published and handled in the trace in which it became true, and what its handler does is below that")
    func oneTrace() async throws {
        try await EventBench.with { bench in
            let inside = Seen()
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                ActiveSpan.begin(.inside, "handler")?.end()
                inside.add([event])
            }
            try await bench.store.append([happened(1, traceparent: Self.sampled)])
            try await bench.running([bench.relay(), bench.consumer(subscription)]) { #expect(await eventually { inside.count == 1 }) }
            let spans = bench.spans.take(upTo: 10)
            let named = Dictionary(grouping: spans, by: \.name).compactMapValues(\.first)
            #expect(Set(named.keys) == ["publish \(EventBench.type)", "process \(EventBench.type)", "handler"] && spans.count == 3)
            let published = try #require(named["publish \(EventBench.type)"]), handled = try #require(named["process \(EventBench.type)"])
            #expect(published.kind == .producer && handled.kind == .consumer && published.failure == nil && handled.failure == nil)
            #expect([published, handled].allSatisfy { $0.parentIDText == "b7ad6b7169203331" })
            #expect(named["handler"]?.parentID == handled.trace.spanID)
            #expect(spans.allSatisfy { $0.trace.traceIDText == "0af7651916cd43dd8448eb211c80319c" })
            #expect("\(handled.attributes)".contains(bench.queue))
        }
    }

    @Test("each try of a handler is a step of its own, and an event whose trace is not kept leaves none")
    func tries() async throws {
        struct NotYet: Error {}
        try await EventBench.with { bench in
            let seen = Seen()
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                seen.add([event])
                if seen.count < 3 { throw NotYet() }
            }
            try await bench.running([bench.consumer(subscription)]) {
                try await bench.publish([happened(1, traceparent: Self.sampled)])
                #expect(await eventually { seen.count == 3 })
                try await bench.publish([happened(2, traceparent: String(Self.sampled.dropLast()) + "0"), happened(3)])
                #expect(await eventually { seen.count == 5 })
            }
            let spans = bench.spans.take(upTo: 10)
            #expect(spans.map(\.failure) == ["NotYet", "NotYet", nil])
            #expect(Set(spans.map(\.trace.spanID)).count == 3)
        }
    }
}
