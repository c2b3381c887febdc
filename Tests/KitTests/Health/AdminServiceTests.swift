import HTTP
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import Testing

@testable import Kit

@Suite struct AdminServiceTests {
    private struct Down: Error, CustomStringConvertible { let description = "connection refused" }

    private func service(_ checks: [HealthCheck] = [], _ routes: [Route] = [], state: RunState, metrics: Metrics = Metrics()) throws -> AdminService {
        try AdminService(
            service: "sample", checks: checks, routes: routes, authenticator: TestAuthenticator(), configuration: .init(port: 0), loops: testLoops,
            log: Log(service: "sample", sink: MemorySink()), state: state, metrics: metrics)
    }

    @Test("alive whatever is away; ready with all that is needed, and no more while draining") func health() async throws {
        let state = RunState()
        let isDown = Locked(false)
        let check = HealthCheck("postgres") { if isDown.withLock({ $0 }) { throw Down() } }
        let call = RouteCaller(try service([check], state: state).table, on: testLoops)
        #expect(await call("GET", "/health/ready").status == 503)
        state.enter(.running)
        #expect(await call("GET", "/health/ready").json["status"] == "ready")
        isDown.withLock { $0 = true }
        let down = await call("GET", "/health/ready")
        #expect(down.status == 503)
        #expect(down.json["checks"]?[0] == ["name": "postgres", "status": "failed", "reason": "connection refused"])
        #expect(await call("GET", "/health/live").status == 200)
        isDown.withLock { $0 = false }
        #expect(await call("GET", "/health/ready").status == 200)
        state.enter(.draining)
        let draining = await call("GET", "/health/ready")
        #expect(draining.status == 503)
        #expect(draining.json["status"] == "draining")
        #expect(await call("GET", "/health/live").json["status"] == "live")
    }

    @Test("metrics are Prometheus text, the requests of the port itself among them") func metrics() async throws {
        let metrics = Metrics()
        metrics.counter("things_total", help: "Things.").add(3)
        let call = RouteCaller(try service(state: RunState(), metrics: metrics).table, on: testLoops)
        _ = await call("GET", "/health/live")
        let answer = await call("GET", "/metrics")
        #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        let text = String(decoding: answer.bytes, as: UTF8.self)
        #expect(text.contains("# TYPE things_total counter\nthings_total 3\n"))
        #expect(text.contains(#"http_requests_total{service="sample",method="GET",route="/health/live",status="200"} 1"#))
    }

    @Test("a route on the internal port that is not for services keeps it from starting") func internalOnly() throws {
        for policy in [Policy.anyone, .signedIn, .optionalUser, .signedPath, .role([.admin])] {
            #expect(throws: RouteTable.Conflict.self) {
                try service([], [Route("GET", "/internal/v1/x", policy) { _ in .noContent() }], state: RunState())
            }
        }
        _ = try service([], [Route("GET", "/internal/v1/x", .service(["media"])) { _ in .noContent() }], state: RunState())
    }

    @Test("it listens beside the public port, for services alone") func listens() async throws {
        let state = RunState()
        let route = Route("GET", "/internal/v1/x", .service(["media"])) { context in .json(JSONValue.string(context.principal?.serviceName ?? "")) }
        let admin = try service([], [route], state: state)
        let group = ServiceGroup([admin], on: testLoops, log: Log(service: "sample", sink: MemorySink()), state: state)
        let task = Task { try await group.run { try await Task.sleep(for: .seconds(60)) } }
        #expect(await eventually { state.phase == .running })
        let port = try #require(admin.port)
        let client = try RawClient(port: port)
        #expect(try client.ask("GET", "/health/ready").status == 200)
        #expect(try client.ask("GET", "/internal/v1/x").status == 401)
        #expect(try client.ask("GET", "/internal/v1/x", ["authorization: Bearer service:media"]).json == "media")
        task.cancel()
        try await task.value
    }
}
