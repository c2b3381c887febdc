import Curl
import HTTP
import JOSE
import JSON
import Kit
import Loop
import Telemetry
import TestKit
import Testing

@testable import ServiceCalls

/// A real service `callee` that takes calls of the service `caller` alone, and a transport that speaks for a service.
final class Callee: Sendable {
    let loops = LoopGroup(count: 1, name: "calls-test")
    let client: CurlClient
    let key: SigningKey
    let metrics = Metrics()
    let sink = MemorySink()
    let log: Log
    /// Requests of `/busy` that came.
    let asked = Locked(0)
    /// What its spans wait in.
    let spans = SpanQueue()

    init() throws {
        key = try SigningKey.generate()
        client = CurlClient(loops)
        log = Log(service: "test", level: .debug, sink: sink)
    }

    private var routes: [Route] {
        let asked = asked
        let caller = Policy.service(["caller"])
        return [
            Route("GET", "/internal/v1/trace", caller) { _ in
                .json(JSONValue.object(["trace": .string(Trace.current?.traceIDText ?? "none")]))
            },
            Route("GET", "/internal/v1/remaining", caller) { context in
                .json(JSONValue.object(["milliseconds": .int(context.deadline.remainingMilliseconds)]))
            },
            Route("GET", "/v1/remaining", .anyone) { context in
                .json(JSONValue.object(["milliseconds": .int(context.deadline.remainingMilliseconds)]))
            },
            Route("POST", "/internal/v1/echo", caller) { context in .json(status: 201, try await context.json()) },
            Route("GET", "/internal/v1/nothing", caller) { _ in .noContent() },
            Route("GET", "/internal/v1/missing", caller) { _ in throw Problem.notFound() },
            Route("GET", "/internal/v1/slow", caller) { context in
                try await context.request.loop.sleep(milliseconds: 30_000)
                return .noContent()
            },
            Route("GET", "/internal/v1/text", caller) { _ in
                Response(status: 200, headers: [("content-type", "text/plain")], body: .bytes(Buffer(Array("hello".utf8))))
            },
            Route("GET", "/internal/v1/busy", caller) { _ in
                let count = asked.withLock { $0 += 1; return $0 }
                if count < 3 { throw Problem.unavailable("callee", retryAfter: 1) }
                return .json(JSONValue.object(["asked": .int(count)]))
            },
            Route("POST", "/internal/v1/busy", caller) { _ in
                asked.withLock { $0 += 1 }
                throw Problem.unavailable("callee", retryAfter: 1)
            },
        ]
    }

    /// Serves on `port` (0: any) while `body` runs, which gets the port.
    func serving(port: UInt16 = 0, _ body: (UInt16) async throws -> Void) async throws {
        let keys = ServiceKeys.document([("caller", key.publicKey)])
        let authenticator = Authenticator(service: "callee", userKeys: { Array(#"{"keys":[]}"#.utf8) }, serviceKeys: { keys.array }, log: log)
        let service = try HTTPService(
            service: "callee", routes: routes, authenticator: authenticator, configuration: .init(port: port), loops: loops, log: log,
            metrics: metrics, tracer: Tracer(service: "callee", queue: spans))
        let task = Task { try await service.run() }
        #expect(await eventually { service.port != nil })
        do { try await body(try #require(service.port)) } catch { Issue.record(error) }
        task.cancel()
        try await task.value
    }

    /// Calls as the service `name`.
    func transport(_ port: UInt16, as name: String = "caller", key: SigningKey? = nil) -> CurlServiceTransport {
        let tokens = ServiceTokenSource(service: name, key: { key ?? self.key })
        return CurlServiceTransport(client: client, tokens: tokens, log: log, metrics: metrics) { $0 == "callee" ? "http://127.0.0.1:\(port)" : nil }
    }

    func end() async {
        await client.close()
        await loops.shutdown()
    }
}

/// Runs a test with a callee and ends it.
func withCallee(_ body: (Callee) async throws -> Void) async throws {
    let callee = try Callee()
    do { try await body(callee) } catch { Issue.record(error) }
    await callee.end()
}

/// What kind of error a call ends with.
func failure(_ transport: CurlServiceTransport, _ call: ServiceCall) async -> ServiceCallError.Kind? {
    do throws(ServiceCallError) {
        _ = try await transport.call(call)
        return nil
    } catch { return error.kind }
}
