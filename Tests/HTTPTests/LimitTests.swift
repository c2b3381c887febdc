import HTTP
import Loop
import Testing
import TestKit

@Suite("Limits and clients that go")
struct LimitTests {
    static func routes(_ router: inout Router) {
        router.on("GET", "/plain") { _ in .text("hello") }
    }

    @Test("the last request that a connection may make closes it")
    func requests() async throws {
        var limits = Server.Limits()
        limits.requestsPerConnection = 3
        try await RunningServer.with(limits: limits, routes: Self.routes) { server in
            let client = try server.client()
            for number in 1...3 {
                let answer = try await client.get("/plain")
                #expect((answer.headers["connection"] == "close") == (number == 3))
            }
            #expect(await client.untilClosed())
        }
    }

    @Test("one address has so many connections over all loops, the next is closed, and one that closes makes room; another address has its own")
    func perAddress() async throws {
        var limits = Server.Limits()
        limits.connectionsPerAddress = 5
        try await RunningServer.with(loops: 3, limits: limits, routes: Self.routes) { server in
            var clients = try (0..<5).map { _ in try server.client() }
            for client in clients { #expect(try await client.get("/plain").status == 200) }
            // So many that each loop gets some.
            for _ in 0..<20 {
                let another = try server.client()
                #expect(await another.untilClosed())
                #expect(another.received.isEmpty)
            }
            let neighbour = try server.client(from: "127.0.0.2")
            #expect(try await neighbour.get("/plain").status == 200)
            clients.removeFirst().close()
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().connections == 5 })
            let next = try server.client()
            #expect(try await next.get("/plain").status == 200)
        }
    }

    @Test("connections past the limit wait in the kernel until there is room")
    func connections() async throws {
        var limits = Server.Limits()
        limits.connections = 2
        try await RunningServer.with(limits: limits, routes: Self.routes) { server in
            let first = try server.client()
            let second = try server.client()
            _ = try await first.get("/plain")
            _ = try await second.get("/plain")
            let third = try server.client()
            await third.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n")
            await third.receive(within: 100) { _ in false }
            #expect(third.received.isEmpty && !third.isClosed)
            first.close()
            #expect(await third.answers(1).first?.text == "hello")
        }
    }

    @Test("a client that goes cancels the handler's task at once, and nobody else's", arguments: [true, false])
    func clientGoes(isReset: Bool) async throws {
        let begun = Signal<Bool>()
        let outcome = Signal<Bool>()
        let mayAnswer = Signal<Bool>()
        try await RunningServer.with(routes: { router in
            router.on("GET", "/gone") { request in
                begun.send(true)
                try? await request.loop.sleep(milliseconds: 3_600_000)
                outcome.send(Task.isCancelled)
                return .text("nobody reads this")
            }
            router.on("GET", "/stays") { _ in
                _ = await mayAnswer.value
                return .text("\(Task.isCancelled)")
            }
        }) { server in
            let staying = try server.client()
            await staying.send("GET /stays HTTP/1.1\r\nHost: a\r\n\r\n")
            let going = try server.client()
            await going.send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await begun.value
            isReset ? going.reset() : going.close()
            #expect(await outcome.value)
            #expect(await eventually(within: .seconds(30)) { await server.servers.load() == (1, 1) })
            mayAnswer.send(true)
            #expect(await staying.answers(1).first?.text == "false")
        }
    }

    @Test("a client that went before its request was read cancels the handler too")
    func clientGoesEarly() async throws {
        let outcome = Signal<Bool>()
        try await RunningServer.with(routes: { router in
            router.on("POST", "/gone") { request in
                try? await request.loop.sleep(milliseconds: 3_600_000)
                outcome.send(Task.isCancelled)
                return Response()
            }
        }) { server in
            let client = try server.client()
            await client.send("POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            client.close()
            #expect(await outcome.value)
            #expect(await eventually(within: .seconds(30)) { await server.servers.load() == (0, 0) })
        }
    }

    @Test("a request outlives its client: head and parameters stay readable")
    func headStays() async throws {
        let begun = Signal<Bool>()
        let outcome = Signal<String>()
        try await RunningServer.with(routes: { router in
            router.on("GET", "/gone/{id}") { request in
                begun.send(true)
                try? await request.loop.sleep(milliseconds: 3_600_000)
                try? await request.loop.sleep(milliseconds: 1)
                outcome.send("\(request.path) \(request.parameter(0) ?? "-") \(request.header("x") ?? "-") \(request.query("q") ?? "-")")
                return Response()
            }
        }) { server in
            let client = try server.client()
            await client.send("GET /gone/7?q=8 HTTP/1.1\r\nHost: a\r\nX: 9\r\n\r\n")
            _ = await begun.value
            client.close()
            #expect(await outcome.value == "/gone/7 7 9 8")
        }
    }
}
