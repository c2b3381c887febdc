import HTTP
import Loop
import Telemetry
import TestRoutes
import Testing

@testable import Kit

@Suite("The span of a request")
struct RequestSpanTests {
    private let queue = SpanQueue()
    private let sample = Sample()
    private static let sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func ask(_ method: String, _ target: String, traceparent: String? = nil, ratio: Double = 1) async throws -> SpanRecord? {
        let quiet = Route("GET", "/health/live", .anyone, isQuiet: true) { _ in .noContent() }
        let signed = Route("GET", "/s/{token}", .signedPath) { _ in .noContent() }
        let table = try RouteTable(
            service: "sample", routes: Sample.routes + [quiet, signed], authenticator: TestAuthenticator(), log: sample.log, metrics: sample.metrics,
            tracer: Tracer(service: "sample", ratio: ratio, queue: queue))
        let headers = traceparent.map { [(name: "traceparent", value: $0)] } ?? []
        _ = await RouteCaller(table, on: testLoops)(method, target, headers: headers)
        let spans = queue.take(upTo: 10)
        #expect(spans.count < 2)
        return spans.first
    }

    private func value(_ span: SpanRecord, _ name: String) -> SpanValue? { span.attributes.first { "\($0.name)" == name }?.value }

    @Test("has the route and the status, and is the child of the caller's step") func answered() async throws {
        let span = try #require(try await ask("GET", "/v1/trace", traceparent: Self.sampled))
        #expect(span.name == "GET /v1/trace" && span.kind == .server && span.service == "sample" && span.failure == nil)
        #expect(span.trace.traceIDText == "0af7651916cd43dd8448eb211c80319c" && span.parentIDText == "b7ad6b7169203331")
        #expect(value(span, "http.request.method") == .string("GET") && value(span, "http.route") == .string("/v1/trace"))
        #expect(value(span, "http.response.status_code") == .int(200))
    }

    @Test("fails when the server did, and not when the client did") func failures() async throws {
        let broken = try #require(try await ask("GET", "/v1/hidden"))
        #expect(broken.failure == "500" && broken.parentID == nil)
        let refused = try #require(try await ask("GET", "/v1/me"))
        #expect(refused.failure == nil && value(refused, "http.response.status_code") == .int(401))
    }

    @Test("of what no route gets names neither path nor unknown method") func unrouted() async throws {
        #expect(try await ask("GET", "/wp-admin")?.name == "GET")
        let odd = try #require(try await ask("BREW", "/wp-admin"))
        #expect(odd.name == "HTTP" && value(odd, "http.request.method") == .string("_OTHER"))
    }

    @Test("does not say a path, which may be a secret") func signature() async throws {
        let span = try #require(try await ask("GET", "/s/verysecret"))
        #expect(!"\(span)".contains("verysecret"))
    }

    @Test("is not there for a quiet route, for a trace that its sender does not keep, and for those beyond the ratio") func absent() async throws {
        #expect(try await ask("GET", "/health/live") == nil)
        #expect(try await ask("GET", "/v1/trace", traceparent: String(Self.sampled.dropLast()) + "0") == nil)
        #expect(try await ask("GET", "/v1/trace", ratio: 0) == nil)
    }
}
