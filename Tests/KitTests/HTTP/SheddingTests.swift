import HTTP
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import Testing

@testable import Kit

@Suite("A service that has more than fits") struct SheddingTests {
    private let sink = MemorySink()
    private let metrics = Metrics()
    private let began = Locked(0)
    private let mayEnd = OneTimeSignal()

    /// `/v1/held` runs until the test lets it end.
    private func table(_ limits: AdmissionQueue.Limits) throws -> RouteTable {
        let held: Route.Handler = { [began, mayEnd] _ in
            began.withLock { $0 += 1 }
            await mayEnd.wait()
            return .noContent()
        }
        let told: Route.Handler = { [began] context in
            began.withLock { $0 += 1 }
            return .json(JSONValue.string(String(decoding: try await context.body(), as: UTF8.self)))
        }
        let routes = [
            Route("GET", "/v1/held", .anyone, handler: held), Route("POST", "/v1/told", .anyone, handler: told), Route("GET", "/v1/broken", .anyone) { _ in throw Sample.Hidden() },
            Route("PATCH", "/v1/uploads", .anyone, isShed: false) { _ in .noContent() },
        ]
        return try RouteTable(
            service: "sample", routes: routes, authenticator: TestAuthenticator(), admission: limits, log: Log(service: "sample", sink: sink), metrics: metrics)
    }

    private func caller(_ limits: AdmissionQueue.Limits) throws -> RouteCaller { RouteCaller(try table(limits), on: testLoops) }

    private var shed: Double { metrics.counter("http_requests_shed_total", help: "", labels: ["service"]).value("sample") }

    private func begin(_ count: Int, _ call: RouteCaller) -> [Task<Int, Never>] { (0..<count).map { _ in Task { await call("GET", "/v1/held").status } } }

    @Test("refuses what neither runs nor may wait, at once and as a problem, and begins none of it") func refuses() async throws {
        let call = try caller(.init(running: 2, waiting: 0))
        let running = begin(2, call)
        #expect(await eventually { began.withLock { $0 } == 2 })
        let refused = await call("GET", "/v1/held", headers: [("x-request-id", "me-7")])
        #expect(refused.status == 503)
        #expect(refused.json["type"] == "https://lyceum.example/problems/overloaded")
        #expect(refused.header("retry-after").flatMap { Int($0) }.map { 1...3 ~= $0 } == true)
        #expect(refused.header("x-request-id") == "me-7" && refused.json["traceId"] != nil)
        #expect(shed == 1)
        #expect(sink.lines.contains { $0.contains("more is asked for than fits") } && !sink.lines.contains { $0.contains("me-7") })
        #expect(began.withLock { $0 } == 2)
        // What costs nothing here is answered all the same.
        #expect(await call("PATCH", "/v1/uploads").status == 204)
        mayEnd.send()
        for task in running { #expect(await task.value == 204) }
        #expect(await call("GET", "/v1/held").status == 204)
    }

    @Test("lets those that wait run as soon as there is room") func waits() async throws {
        let call = try caller(.init(running: 1, patience: 3_600_000_000))
        let tasks = begin(5, call)
        #expect(await eventually { began.withLock { $0 } == 1 })
        mayEnd.send()
        for task in tasks { #expect(await task.value == 204) }
        #expect(began.withLock { $0 } == 5)
    }

    @Test("refuses those that have waited too long, though nobody comes or goes") func tooLong() async throws {
        let call = try caller(.init(running: 1, patience: 20_000))
        let tasks = begin(4, call)
        #expect(await eventually { shed == 3 })
        mayEnd.send()
        var statuses: [Int] = []
        for task in tasks { statuses.append(await task.value) }
        #expect(statuses.sorted() == [204, 503, 503, 503])
    }

    @Test("forgets a client that goes while it waits, and counts it as nothing") func clientGoes() async throws {
        let table = try table(.init(running: 1, waiting: 1, patience: 3_600_000_000))
        let call = RouteCaller(table, on: testLoops), admission = try #require(table.serving.admission)
        let running = begin(1, call)
        #expect(await eventually { began.withLock { $0 } == 1 })
        let waiting = begin(1, call)[0]
        #expect(await eventually { admission.waitingCount == 1 })
        #expect(await call("GET", "/v1/broken").status == 503)
        waiting.cancel()
        #expect(await waiting.value == 499)
        #expect(admission.waitingCount == 0 && shed == 1)
        let next = begin(1, call)[0]
        #expect(await eventually { admission.waitingCount == 1 })
        mayEnd.send()
        #expect(await next.value == 204)
        #expect(await running[0].value == 204)
    }

    /// The service on a port of its own, for as long as the body runs.
    private func listening(_ limits: AdmissionQueue.Limits, _ body: (_ port: UInt16) async throws -> Void) async throws {
        let log = Log(service: "sample", sink: sink)
        let service = HTTPService(
            name: "sample http", table: try table(limits), configuration: .init(port: 0), loops: testLoops, log: log, state: RunState())
        let task = Task { try await service.run() }
        #expect(await eventually { service.port != nil })
        do { try await body(try #require(service.port)) } catch { Issue.record(error) }
        mayEnd.send()
        task.cancel()
        try await task.value
    }

    @Test("keeps no place for a client that is slow to send its body") func slowBody() async throws {
        try await listening(.init(running: 1, waiting: 0)) { port in
            let slow = try RawClient(port: port), other = try RawClient(port: port)
            slow.send("POST /v1/told HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab")
            #expect(await eventually { began.withLock { $0 } == 1 })
            other.send("GET /v1/broken HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await other.waits(for: "HTTP/1.1 500"))
            slow.send("cd")
            #expect(await slow.waits(for: "\"abcd\""))
            #expect(shed == 0)
        }
    }

    @Test("refuses a body that arrives when there is no place left, and goes on with nothing of it") func lateBody() async throws {
        try await listening(.init(running: 1, waiting: 0)) { port in
            let slow = try RawClient(port: port), other = try RawClient(port: port)
            slow.send("POST /v1/told HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab")
            #expect(await eventually { began.withLock { $0 } == 1 })
            other.send("GET /v1/held HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await eventually { began.withLock { $0 } == 2 })
            slow.send("cd")
            #expect(await slow.waits(for: "problems/overloaded"))
            #expect(slow.rest.hasPrefix("HTTP/1.1 503") && slow.rest.lowercased().contains("retry-after"))
            #expect(!sink.lines.contains { $0.contains("request not served") || $0.contains("/v1/told") })
            mayEnd.send()
            #expect(await other.waits(for: "HTTP/1.1 204"))
            slow.send("GET /v1/broken HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await slow.waits(for: "HTTP/1.1 500"))
        }
    }

    @Test("has room again after a request that failed") func failures() async throws {
        let call = try caller(.init(running: 1, waiting: 0))
        for _ in 0..<3 { #expect(await call("GET", "/v1/broken").status == 500) }
    }
}
