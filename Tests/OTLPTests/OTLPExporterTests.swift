import Curl
import JSON
import Kit
import Loop
import TestKit
import Testing

@testable import OTLP
@testable import Telemetry

/// An exporter that is in a hurry, on loops of its own, while a test adds spans.
private func withExporter(
    to endpoint: String, metrics: Metrics = Metrics(), log sink: MemorySink = MemorySink(), _ change: (inout OTLPSettings) -> Void = { _ in },
    _ body: (OTLPExporter) async throws -> Void
) async throws {
    let loops = LoopGroup(count: 1, name: "otlp-test")
    let client = CurlClient(loops)
    var settings = OTLPSettings(endpoint: endpoint)
    settings.interval = 10
    settings.retry.firstMilliseconds = 10
    change(&settings)
    let exporter = try #require(OTLPExporter(settings, client: client, metrics: metrics, log: Log(service: "test", sink: sink)))
    let run = Task(executorPreference: loops.next()) { try await exporter.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body(exporter)) } catch { result = .failure(error) }
    run.cancel()
    try await run.value
    await client.close()
    await loops.shutdown()
    try result.get()
}

private func addSpan(_ tracer: Tracer, _ name: String = "step", failure: String? = nil) -> ActiveSpan? {
    var span = ActiveSpan(at: .entering(after: nil, tracer), after: nil, .inside, name)
    span?.set("lyceum.number", .int(7))
    span?.end(failure: failure)
    return span
}

@Suite("Traces on their way to a collector")
struct OTLPExporterTests {
    @Test("a span arrives with its ids, kind, times, attributes and status, under the name of its service")
    func encoding() async throws {
        let collector = FakeCollector()
        try await collector.serving { url in
            try await withExporter(to: url) { exporter in
                let tracer = exporter.tracer(for: "users")
                let parent = try #require(Trace(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
                let trace = Trace.entering(after: parent, tracer)
                var span = try #require(ActiveSpan(at: trace, after: parent, .server, "GET /v1/me"))
                span.set("http.route", .string("/v1/me \"quoted\""))
                span.end(failure: "500")
                _ = addSpan(exporter.tracer(for: "courses"))
                #expect(await eventually { collector.spans.count == 2 })
                #expect(Set(collector.spans.map(\.service)) == ["users", "courses"])
                let sent = try #require(collector.spans.first { $0.service == "users" }).span
                #expect(sent["traceId"] == "0af7651916cd43dd8448eb211c80319c")
                #expect(sent["parentSpanId"] == "b7ad6b7169203331")
                #expect(sent["spanId"]?.stringValue == trace.spanIDText)
                #expect(sent["kind"] == 2 && sent["name"] == "GET /v1/me")
                #expect(sent["status"]?["code"] == 2 && sent["status"]?["message"] == "500")
                #expect(attributes(of: sent)["http.route"] == "/v1/me \"quoted\"" && attributes(of: sent)["error.type"] == "500")
                let times = try ["startTimeUnixNano", "endTimeUnixNano"].map { try #require(sent[$0]?.stringValue.flatMap { Int($0) }) }
                #expect(times[0] <= times[1] && abs(Timestamp.now.microseconds - Int64(times[1] / 1000)) < 600_000_000)
                let other = try #require(collector.spans.first { $0.service == "courses" }).span
                #expect(other["parentSpanId"] == nil && other["status"]?["code"] == nil && attributes(of: other)["lyceum.number"] == "7")
                #expect(collector.asked.allSatisfy { $0.headers["content-type"] == "application/json" })
            }
        }
    }

    @Test("a batch that the collector cannot take now is sent again, and none of its spans comes twice or never", arguments: [429, 503])
    func retried(status: Int) async throws {
        let collector = FakeCollector(answering: [(status, "0"), (status, nil)])
        let metrics = Metrics(), sink = MemorySink()
        try await collector.serving { url in
            try await withExporter(to: url, metrics: metrics, log: sink) { exporter in
                let tracer = exporter.tracer(for: "users")
                for _ in 0..<1200 { _ = addSpan(tracer) }
                #expect(await eventually { collector.spans.count >= 1200 })
                #expect(Set(collector.spans.map { $0.span["spanId"]?.stringValue }).count == 1200 && collector.spans.count == 1200)
                #expect(collector.sizes.allSatisfy { 1...512 ~= $0 })
                #expect(await eventually { metrics.counter("trace_spans_exported_total", help: "").value() == 1200 })
            }
        }
    }

    @Test("what the collector refuses, and what does not fit into the queue meanwhile, is dropped, counted and told once")
    func dropped() async throws {
        let collector = FakeCollector(answering: [(400, nil), (400, nil)])
        let metrics = Metrics(), sink = MemorySink()
        let dropped = metrics.counter("trace_spans_dropped_total", help: "", labels: ["reason"])
        try await collector.serving { url in
            try await withExporter(to: url, metrics: metrics, log: sink, { $0.queued = 10; $0.batch = 5 }) { exporter in
                let tracer = exporter.tracer(for: "users")
                _ = addSpan(tracer)
                #expect(await eventually { dropped.value("lost") == 1 })
                _ = addSpan(tracer)
                #expect(await eventually { dropped.value("lost") == 2 })
                #expect(sink.lines.count { $0.contains("cannot be exported") } == 1)
                _ = addSpan(tracer)
                #expect(await eventually { sink.lines.contains { $0.contains("exported again") } })
            }
            // Nobody looks at the queue now.
            let queue = SpanQueue(limit: 10)
            let tracer = Tracer(service: "users", queue: queue)
            for _ in 0..<25 { _ = addSpan(tracer) }
            #expect(queue.count == 10 && queue.takeDropped() == 15 && queue.takeDropped() == 0)
        }
    }

    @Test("what waits when the process ends goes out before it is gone; a collector that is away does not hold it up")
    func end() async throws {
        let collector = FakeCollector()
        try await collector.serving { url in
            try await withExporter(to: url, { $0.interval = 60_000 }) { exporter in _ = addSpan(exporter.tracer(for: "users")) }
            #expect(collector.spans.count == 1)
        }
        let metrics = Metrics()
        let nowhere = "http://127.0.0.1:\(freePort())"
        try await withExporter(to: nowhere, metrics: metrics, { $0.finalMilliseconds = 50; $0.retry.firstMilliseconds = 10_000 }) { exporter in
            _ = addSpan(exporter.tracer(for: "users"))
        }
        #expect(metrics.counter("trace_spans_dropped_total", help: "", labels: ["reason"]).value("lost") == 1)
    }

    @Test("the environment says where traces go, in our names or in those of OpenTelemetry; without it nothing is exported")
    func settings() throws {
        func read(_ environment: [String: String]) throws -> OTLPSettings { try OTLPSettings(ConfigurationReader(environment: environment)) }
        #expect(try read([:]).endpoint == nil)
        #expect(try read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318/"]).endpoint == "http://a:4318")
        let both = try read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318", "LYCEUM_OTLP_URL": "https://b", "LYCEUM_TRACE_RATIO": "0.25",
                             "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b, x-other=c=d"])
        #expect(both.endpoint == "https://b" && both.ratio == 0.25)
        #expect(both.headers.map(\.name) == ["x-key", "x-other"] && both.headers.map(\.value) == ["a b", "c=d"])
        for wrong in [["LYCEUM_OTLP_URL": "ftp://a"], ["LYCEUM_TRACE_RATIO": "1.5"], ["LYCEUM_OTLP_HEADERS": "x"], ["LYCEUM_OTLP_HEADERS": "x=%zz"]] {
            #expect(throws: ConfigurationError.self) { try read(wrong) }
        }
    }

    @Test("header fields for the collector are sent and never shown")
    func secretHeaders() async throws {
        let reader = ConfigurationReader(environment: ["LYCEUM_OTLP_HEADERS": "x-key=hidden", "LYCEUM_OTLP_URL": "http://u:hidden@a"])
        let headers = try OTLPSettings(reader).headers
        #expect(!reader.entries.contains { "\($0)".contains("hidden") } && reader.entries.count == 3)
        let collector = FakeCollector()
        try await collector.serving { url in
            try await withExporter(to: url, { $0.headers = headers }) { exporter in
                _ = addSpan(exporter.tracer(for: "users"))
                #expect(await eventually { collector.asked.first?.headers["x-key"] == "hidden" })
            }
        }
    }
}
