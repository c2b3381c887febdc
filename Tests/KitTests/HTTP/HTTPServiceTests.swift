import HTTP
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import Testing

@testable import Kit

@Suite struct HTTPServiceTests {
    /// Serves the sample's routes, and one that waits, on a port of its own for as long as the body runs.
    private func serving(
        _ body: @Sendable (_ port: UInt16, _ release: Locked<Bool>, _ state: RunState, _ task: Task<Void, any Error>) async throws -> Void
    ) async throws {
        let sample = Sample()
        let state = RunState()
        let release = Locked(false)
        let slow = Route("GET", "/v1/slow", .anyone) { _ in
            #expect(await eventually { release.withLock { $0 } })
            return .json(JSONValue.string("slow"))
        }
        let echo = Route("POST", "/v1/echo", .anyone, bodyLimit: 1000) { context in .json(try await context.json()) }
        let service = try HTTPService(
            service: "sample", routes: Sample.routes + [slow, echo], authenticator: TestAuthenticator(), configuration: .init(port: 0),
            loops: testLoops, log: sample.log, state: state, metrics: sample.metrics)
        let task = Task { try await service.run() }
        #expect(await eventually { service.port != nil })
        let port = try #require(service.port)
        do { try await body(port, release, state, task) } catch { Issue.record(error) }
        release.withLock { $0 = true }
        task.cancel()
        try await task.value
        #expect(service.port == nil)
        #expect(throws: NotConnected.self) { try RawClient(port: port) }
    }

    @Test("routes are served on a kept connection, HEAD from GET, with the fields that every answer carries") func served() async throws {
        try await serving { port, _, _, _ in
            let client = try RawClient(port: port)
            let thing = "/v1/things/\(UserID())"
            let answer = try client.ask("GET", thing, ["x-request-id: abc"])
            #expect(answer.status == 200)
            #expect(answer.headers["x-request-id"] == "abc")
            #expect(answer.headers["etag"] == "\"7\"")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            let head = try client.ask("HEAD", thing)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "38")
            #expect(try client.ask("GET", thing, ["if-none-match: \"7\""]).status == 304)
            #expect(try client.ask("GET", "/v1/me").status == 401)
            let me = try client.ask("GET", "/v1/me", ["authorization: Bearer user:\(UserID()):student"])
            #expect(me.status == 200)
            #expect(me.headers["cache-control"] == "no-store")
        }
    }

    @Test("what breaks a streamed answer off is logged, in the trace of its request") func brokenStream() async throws {
        struct Broken: Error {}
        let sample = Sample()
        let stream = Route("GET", "/v1/stream", .anyone) { _ in Response(body: .stream(length: nil) { throw Broken() }) }
        let service = try HTTPService(
            service: "sample", routes: [stream], authenticator: TestAuthenticator(), configuration: .init(port: 0), loops: testLoops, log: sample.log,
            metrics: sample.metrics)
        let task = Task { try await service.run() }
        #expect(await eventually { service.port != nil })
        let client = try RawClient(port: try #require(service.port))
        let trace = "0af7651916cd43dd8448eb211c80319c"
        client.send("GET /v1/stream HTTP/1.1\r\nhost: a\r\nx-request-id: broken-7\r\ntraceparent: 00-\(trace)-b7ad6b7169203331-01\r\n\r\n")
        #expect(await eventually {
            sample.sink.lines.contains { line in ["an answer broke off", "broken-7", trace, "/v1/stream", "Broken()"].allSatisfy { line.contains($0) } }
        })
        task.cancel()
        try await task.value
    }

    @Test("what no route gets is problem+json all the same") func refused() async throws {
        try await serving { port, _, _, _ in
            for (line, status) in [("GET /none", 404), ("PUT /v1/me", 405), ("GET /v1/things/%2e%2e", 400), ("GET /v1/things/a%2Fb", 400)] {
                let client = try RawClient(port: port)
                let parts = line.split(separator: " ").map(String.init)
                let answer = try client.ask(parts[0], parts[1], ["traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
                #expect(answer.status == status, "\(line)")
                #expect(answer.headers["content-type"] == "application/problem+json")
                #expect(answer.json["status"]?.intValue == status)
                #expect(answer.json["traceId"] == "0af7651916cd43dd8448eb211c80319c")
                #expect(answer.headers["allow"] == (status == 405 ? "DELETE, GET, HEAD" : nil))
            }
            let client = try RawClient(port: port)
            client.send("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n")
            let answer = try client.read()
            #expect(answer.status == 400)
            #expect(answer.json["type"] == "https://lyceum.example/problems/malformed-request")
        }
    }

    @Test("a body past the limit is 413 however it is sent, and malformed bodies are 400, never 500") func bodies() async throws {
        try await serving { port, _, _, _ in
            let json = ["content-type: application/json"]
            #expect(try RawClient(port: port).ask("POST", "/v1/echo", json, body: "[1, 2]").json == [1, 2])
            #expect(try RawClient(port: port).ask("POST", "/v1/echo", json, body: "\"\(String(repeating: "x", count: 2000))\"").status == 413)
            let chunked = try RawClient(port: port)
            chunked.send("POST /v1/echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
            for _ in 0..<3 { chunked.send("1f4\r\n\(String(repeating: "1", count: 500))\r\n") }
            chunked.send("0\r\n\r\n")
            let answer = try chunked.read()
            #expect(answer.status == 413)
            #expect(answer.json["limit"] == 1000)
            for text in ["{", "\u{1}", "[1,]", "\"\\ud800\"", String(repeating: "[", count: 900)] {
                #expect(try RawClient(port: port).ask("POST", "/v1/echo", json, body: text).status == 400, "\(text)")
            }
        }
    }

    @Test("while the process drains requests are answered and their connections closed") func draining() async throws {
        try await serving { port, _, state, _ in
            let client = try RawClient(port: port)
            #expect(try client.ask("GET", "/v1/busy").headers["connection"] == nil)
            state.enter(.draining)
            // Each loop hears of it in its turn.
            let last = Locked<RawClient.Answer?>(nil)
            #expect(try await eventually {
                let answer = try client.ask("GET", "/v1/busy")
                last.withLock { $0 = answer }
                return answer.headers["connection"] == "close"
            })
            #expect(last.withLock { $0?.status } == 409)
            #expect(client.isClosed())
        }
    }

    @Test("a process that drains before it listens closes connections from the first") func drainedBefore() async throws {
        let state = RunState()
        state.enter(.draining)
        let service = try HTTPService(
            service: "sample", routes: Sample.routes, authenticator: NobodySignsIn(), configuration: .init(port: 0), loops: testLoops,
            log: Log(service: "sample", sink: MemorySink()), state: state)
        let task = Task { try await service.run() }
        #expect(await eventually { service.port != nil })
        let port = try #require(service.port)
        #expect(try await eventually { try RawClient(port: port).ask("GET", "/v1/busy").headers["connection"] == "close" })
        task.cancel()
        try await task.value
    }

    @Test("a request that runs when the end comes is still answered") func inFlight() async throws {
        try await serving { port, release, state, task in
            let client = try RawClient(port: port)
            client.send("GET /v1/slow HTTP/1.1\r\nhost: a\r\n\r\n")
            // The answer to another request says that the first one has arrived.
            #expect(try RawClient(port: port).ask("GET", "/v1/busy").status == 409)
            state.enter(.draining)
            task.cancel()
            #expect(await eventually { (try? RawClient(port: port)) == nil })
            release.withLock { $0 = true }
            let answer = try client.read()
            #expect(answer.status == 200)
            #expect(answer.json == "slow")
            #expect(client.isClosed())
        }
    }

    @Test("a port that is taken keeps a service from starting, and the error names it") func taken() async throws {
        try await serving { port, _, _, _ in
            let second = try HTTPService(
                service: "second", routes: [], authenticator: NobodySignsIn(), configuration: .init(port: port), loops: testLoops,
                log: Log(service: "second", sink: MemorySink()))
            let error = await #expect(throws: ListenError.self) { try await second.run() }
            #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        }
    }
}
