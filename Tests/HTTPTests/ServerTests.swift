import HTTP
import JSON
import Loop
import Testing
import TestKit

@Suite("Server")
struct ServerTests {
    static func routes(_ router: inout Router) {
        router.on("GET", "/plain") { _ in .text("hello") }
        router.on("GET", "/later") { request in
            try? await request.loop.sleep(milliseconds: 5)
            return .text("later")
        }
        router.on("GET", "/echo/{id}") { request in
            .text("\(request.method) \(request.path) \(request.route ?? "-") \(request.parameter(0) ?? "-") \(request.query("q") ?? "-")"
                + " \(request.header("X-Test") ?? "-") \(request.headers("x-test").count) \(request.remoteAddress) \(request.loop.isCurrent)")
        }
        router.on("DELETE", "/echo/{id}") { _ in Response(status: 204) }
        router.on("GET", "/bad-header") { _ in Response(headers: [("x-test", "a\r\nset-cookie: b")]) }
        router.on("GET", "/bad-status") { _ in Response(status: 99) }
        router.on("GET", "/not-modified") { _ in Response(status: 304, headers: [("etag", "\"1\"")]) }
    }

    @Test("answers that come at once and later keep the connection")
    func keepAlive() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            for _ in 0..<3 {
                #expect(try await client.get("/plain").text == "hello")
                #expect(try await client.get("/later").text == "later")
            }
            #expect(client.answers.allSatisfy { $0.status == 200 && $0.headers["date"] != nil && $0.headers["connection"] != "close" })
        }
    }

    @Test("requests that were sent one behind the other are answered in their order")
    func pipelined() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            let paths = (0..<20).map { "/echo/\($0)" } + ["/later", "/plain"]
            await client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            let answers = await client.answers(22)
            #expect(answers.map(\.status) == Array(repeating: 200, count: 22))
            #expect(answers[7].text.contains("/echo/7 ") && answers[20].text == "later" && answers[21].text == "hello")
        }
    }

    @Test("a handler sees the request as it was sent")
    func request() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let answer = try await server.client().get("/echo/a%20b?x=1&q=%C3%A4+b", "x-test: one\r\nX-TEST: two\r\n")
            #expect(answer.text == "GET /echo/a%20b /echo/{id} a b ä b one 2 127.0.0.1 true")
        }
    }

    @Test("HEAD has the head of GET and no body, and the connection goes on")
    func head() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            await client.send("HEAD /plain HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.receive { !RawResponse.parse($0.received, headOnly: true).isEmpty }
            let head = try #require(RawResponse.parse(client.received, headOnly: true).first)
            #expect(head.status == 200 && head.headers["content-length"] == "5")
            #expect(String(decoding: client.received, as: UTF8.self).hasSuffix("\r\n\r\n"))
            await client.send("GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(await client.untilClosed())
            #expect(String(decoding: client.received, as: UTF8.self).hasSuffix("hello"))
        }
    }

    @Test("204 and 304 have no body and no length that would promise one")
    func bodiless() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            let deleted = try await client.ask("DELETE /echo/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(deleted.status == 204 && deleted.headers["content-length"] == nil)
            let same = try await client.get("/not-modified")
            #expect(same.status == 304 && same.headers["etag"] == "\"1\"")
            #expect(try await client.get("/plain").text == "hello")
        }
    }

    @Test("a client that asks for it has its connection closed, HTTP/1.0 too")
    func closes() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            for head in ["GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /plain HTTP/1.0\r\n\r\n"] {
                let client = try server.client()
                let answer = try await client.ask(head)
                #expect(answer.text == "hello" && answer.headers["connection"] == "close")
                #expect(await client.untilClosed())
            }
        }
    }

    @Test("an answer that cannot be sent is a 500, not a second header", arguments: ["/bad-header", "/bad-status"])
    func unsendable(path: String) async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            let answer = try await client.get(path)
            #expect(answer.status == 500 && answer.headers["set-cookie"] == nil)
            #expect(try await client.get("/plain").status == 200)
        }
    }

    @Test("what no handler gets is answered by the hook, with the reason, the request and the headers of the protocol")
    func refusals() async throws {
        let hook: @Sendable (Refusal) -> Response = { refusal in
            let request = refusal.request
            let text = "\(refusal.status) \(refusal.reason) \(request.method) \(request.path) \(request.header("x-id") ?? "-")"
            return .text(text, status: refusal.status)
        }
        try await RunningServer.with(onRefusal: hook, routes: Self.routes) { server in
            let client = try server.client()
            let missing = try await client.get("/nothing", "X-Id: 7\r\n")
            #expect(missing.status == 404 && missing.text == "404 notFound GET /nothing 7")
            let method = try await client.ask("PATCH /echo/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(method.status == 405 && method.headers["allow"] == "DELETE, GET, HEAD")
            #expect(try await client.get("/echo/%zz").status == 400)
            #expect(try await client.get("/bad-header").text.hasPrefix("500 unsendable"))
            #expect(try await client.get("/plain").status == 200)
        }
    }

    @Test("the absolute form of a target is the path in it")
    func absoluteForm() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            #expect(try await client.get("http://test/plain").text == "hello")
            #expect(try await client.get("HTTP://test:80/echo/9?q=1").text.contains(" /echo/9 /echo/{id} 9 1 "))
        }
    }

    @Test("a head that fits is read, one that does not is refused with 431 or 414")
    func headSize() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            #expect(try await server.client().get("/plain", "X: \(String(repeating: "a", count: 9000))\r\n").status == 200)
            let long = String(repeating: "a", count: 30_000)
            for head in ["/plain HTTP/1.1\r\nHost: a\r\nX: \(long)", "/\(long) HTTP/1.1\r\nHost: a"] {
                let client = try server.client()
                await client.send("GET \(head)\r\n\r\n")
                #expect(await client.untilClosed())
                #expect(client.answers.allSatisfy { [414, 431].contains($0.status) })
            }
        }
    }

    @Test("many connections over two loops, all answered")
    func manyConnections() async throws {
        try await RunningServer.with(loops: 2, routes: Self.routes) { server in
            let clients = try (0..<100).map { _ in try server.client() }
            for client in clients { await client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n") }
            for client in clients { #expect(await client.answers(1).first?.text == "later") }
            let load = await server.servers.load()
            #expect(load.connections == 100 && load.handlers == 0)
            for client in clients { client.close() }
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().connections == 0 })
        }
    }
}
