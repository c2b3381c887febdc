import JOSE
import JSON
import Kit
import Loop
import Telemetry
import TestKit
import Testing

@testable import ServiceCalls

/// Against a real service of ours, with its policy, token check and trace.
@Suite struct CurlServiceTransportTests {
    @Test("a call carries the service's token and the trace, and brings status and JSON back")
    func calls() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let transport = callee.transport(port)
                let trace = Trace.random()
                let answer = try await Trace.$current.withValue(trace) {
                    try await transport.call(ServiceCall("GET", "callee", "/internal/v1/trace"))
                }
                #expect(answer.status == 200)
                #expect(answer.body?["trace"] == .string(trace.traceIDText))
                let body = JSONWriter.object { $0.field("name", "Zoë") }
                let echo = try await transport.call(ServiceCall("POST", "callee", "/internal/v1/echo", body: body))
                #expect(echo.status == 201)
                #expect(echo.body == ["name": "Zoë"])
                #expect(try await transport.call(ServiceCall("GET", "callee", "/internal/v1/nothing")).body == nil)
                #expect(callee.metrics.counter("service_calls_total", help: "").value("callee", "200") == 1)
            }
        }
    }

    @Test("an answer of any status is an answer")
    func statuses() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let missing = try await callee.transport(port).call(ServiceCall("GET", "callee", "/internal/v1/missing"))
                #expect(missing.status == 404)
                #expect(missing.body?["status"] == 404)
                let other = try SigningKey.generate()
                #expect(try await callee.transport(port, key: other).call(ServiceCall("GET", "callee", "/internal/v1/trace")).status == 401)
                #expect(try await callee.transport(port, as: "stranger").call(ServiceCall("GET", "callee", "/internal/v1/trace")).status >= 401)
            }
        }
    }

    @Test("a call waits no longer than it may, and no longer than the request that it works for")
    func deadlines() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let transport = callee.transport(port)
                #expect(await failure(transport, ServiceCall("GET", "callee", "/internal/v1/slow", timeoutMilliseconds: 150)) == .timeout)
                await Deadline(milliseconds: 150).during {
                    #expect(await failure(transport, ServiceCall("GET", "callee", "/internal/v1/slow", timeoutMilliseconds: 60_000)) == .timeout)
                }
                await Deadline(milliseconds: 0).during {
                    #expect(await failure(transport, ServiceCall("GET", "callee", "/internal/v1/trace")) == .timeout)
                }
            }
        }
    }

    @Test("the service that is asked knows how long its answer is waited for; from others it does not take that, nor more than its own limit")
    func remainingTime() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let transport = callee.transport(port)
                func remaining(_ path: String, _ milliseconds: Int = 60_000) async throws -> Int? {
                    try await transport.call(ServiceCall("GET", "callee", path, timeoutMilliseconds: milliseconds)).body?["milliseconds"]?.intValue
                }
                let short = try await Deadline(milliseconds: 3000).during { try await remaining("/internal/v1/remaining") }
                #expect((1...3000).contains(try #require(short)))
                let long = try await remaining("/internal/v1/remaining")
                #expect((5000...10_000).contains(try #require(long)))
                let open = try await remaining("/v1/remaining", 4000)
                #expect((4001...10_000).contains(try #require(open)))
            }
        }
    }

    @Test("each sending of a call is a step of the caller's trace, and what it begins over there is the step after it")
    func spans() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let root = Trace.entering(after: nil, Tracer(service: "caller", queue: callee.spans))
                try await Trace.$current.withValue(root) {
                    _ = try await callee.transport(port).call(ServiceCall("GET", "callee", "/internal/v1/busy?secret=1", timeoutMilliseconds: 60_000))
                    _ = await failure(callee.transport(freePort()), ServiceCall("POST", "callee", "/internal/v1/echo", timeoutMilliseconds: 60_000))
                }
                let spans = callee.spans.take(upTo: 20)
                let clients = spans.filter { $0.kind == .client }, servers = spans.filter { $0.kind == .server }
                #expect(clients.prefix(3).map(\.failure) == ["503", "503", nil] && servers.count == 3)
                #expect(clients.count > 3 && clients.dropFirst(3).allSatisfy { $0.failure == "unreachable" })
                #expect(servers.map(\.parentID) == clients.prefix(3).map(\.trace.spanID))
                #expect(clients.allSatisfy { $0.parentID == root.spanID && $0.service == "caller" })
                #expect(spans.allSatisfy { $0.trace.traceID == root.traceID } && servers.allSatisfy { $0.service == "callee" })
                #expect(clients[2].name == "GET callee" && !"\(spans)".contains("secret"))
                #expect(clients[2].attributes.contains { "\($0.name)" == "http.request.resend_count" && $0.value == .int(2) })
            }
        }
    }

    @Test("a 2xx answer that is no JSON cannot be read")
    func unreadable() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let kind = await failure(callee.transport(port), ServiceCall("GET", "callee", "/internal/v1/text"))
                guard case .unreadable = kind else { Issue.record("\(String(describing: kind))"); return }
            }
        }
    }

    @Test("a service that says 503 is asked again for what may be repeated, and for nothing else")
    func repeats() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let transport = callee.transport(port)
                #expect(try await transport.call(ServiceCall("POST", "callee", "/internal/v1/busy")).status == 503)
                #expect(callee.asked.withLock { $0 } == 1)
                callee.asked.withLock { $0 = 0 }
                let answer = try await transport.call(ServiceCall("GET", "callee", "/internal/v1/busy"))
                #expect(answer.body?["asked"] == 3)
                #expect(callee.metrics.counter("service_call_retries_total", help: "").value("callee") == 2)
            }
        }
    }

    @Test("a service that is not there is unreachable, then left alone, and found again when it is back")
    func circuit() async throws {
        try await withCallee { callee async throws in
            let port = freePort()
            let transport = callee.transport(port)
            let call = ServiceCall("GET", "callee", "/internal/v1/nothing")
            #expect(await failure(transport, call) == .unreachable)   // sent three times
            _ = await failure(transport, call)
            #expect(await failure(transport, call) == .circuitOpen)
            try await callee.serving(port: port) { _ async throws in
                #expect(await eventually { await failure(transport, call) == nil })
                #expect(try await transport.call(call).status == 204)
            }
        }
    }

    @Test("a service without an address is unreachable, and the log says which")
    func unknownService() async throws {
        try await withCallee { callee async throws in
            #expect(await failure(callee.transport(1), ServiceCall("GET", "nobody", "/")) == .unreachable)
            #expect(callee.sink.lines.contains { $0.contains("nobody") })
        }
    }

    @Test("no token is in the logs")
    func logs() async throws {
        try await withCallee { callee async throws in
            try await callee.serving { port async throws in
                let transport = callee.transport(port)
                _ = try await transport.call(ServiceCall("GET", "callee", "/internal/v1/trace"))
                _ = await failure(callee.transport(freePort()), ServiceCall("GET", "callee", "/internal/v1/trace"))
                #expect(!callee.sink.lines.isEmpty)
                #expect(!callee.sink.lines.contains { $0.contains("eyJ") || $0.contains("Bearer") })
            }
        }
    }
}
