import Glibc
import HTTP
import Loop
import Testing
import TestKit

@Suite("Stopping a server")
struct StopTests {
    private struct Fixture: Sendable {
        let begun = Signal<Bool>()
        let mayAnswer = Signal<Bool>()
        let outcome = Signal<String>()

        func routes(_ router: inout Router) {
            router.on("GET", "/plain") { _ in .text("hello") }
            router.on("GET", "/busy") { _ in
                begun.send(true)
                _ = await mayAnswer.value
                return .text("done")
            }
            router.on("GET", "/endless") { request in
                begun.send(true)
                do {
                    try await request.loop.sleep(milliseconds: 3_600_000)
                    outcome.send("slept")
                } catch {
                    outcome.send("cancelled")
                }
                return .text("late")
            }
            router.on("POST", "/read") { request in
                begun.send(true)
                let body = try? await request.body(upTo: 1000)
                outcome.send(body == nil ? "gone" : "read")
                return .text("read")
            }
            router.on("GET", "/stream") { request in
                Response(body: .stream(length: nil) {
                    begun.send(true)
                    do { try await request.loop.sleep(milliseconds: 3_600_000) } catch {
                        outcome.send("cancelled")
                        throw error
                    }
                    return nil
                })
            }
        }
    }

    @Test("idle connections end at once, fresh ones too, and the port is free again")
    func idle() async throws {
        let fixture = Fixture()
        try await RunningServer.with(loops: 2, routes: fixture.routes) { server in
            let clients = try (0..<10).map { _ in try server.client() }
            for client in clients.prefix(5) { #expect(try await client.get("/plain").status == 200) }
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().connections == 10 })
            await server.servers.stop(graceMilliseconds: 600_000)
            for client in clients { #expect(await client.untilClosed()) }
            #expect(throws: NotConnected.self) { try server.client() }
            let again = try Listener.bind(address: "127.0.0.1", port: server.port, reusePort: false)
            again.close()
        }
    }

    @Test("a busy connection has its answer, which says that it closes")
    func busy() async throws {
        let fixture = Fixture()
        try await RunningServer.with(routes: fixture.routes) { server in
            let client = try server.client()
            await client.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await fixture.begun.value
            let idle = try server.client()
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().connections == 2 })
            let stopped = Signal<Bool>()
            Task {
                await server.servers.stop(graceMilliseconds: 600_000)
                stopped.send(true)
            }
            #expect(await idle.untilClosed())
            #expect(!stopped.isSent)
            fixture.mayAnswer.send(true)
            let answer = try #require(await client.answers(1).first)
            #expect(answer.text == "done" && answer.headers["connection"] == "close")
            #expect(await client.untilClosed())
            #expect(await stopped.value)
        }
    }

    @Test("what has not ended after the grace is cancelled and closed", arguments: [
        ("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n", "cancelled"),
        ("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", "cancelled"),
        ("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", "gone"),
    ])
    func grace(head: String, outcome: String) async throws {
        let fixture = Fixture()
        try await RunningServer.with(routes: fixture.routes) { server in
            let client = try server.client()
            await client.send(head)
            _ = await fixture.begun.value
            await server.servers.stop(graceMilliseconds: 50)
            #expect(await fixture.outcome.value == outcome)
            #expect(await client.untilClosed())
        }
    }

    @Test("a server that drains still takes connections, and closes each after its answer")
    func drains() async throws {
        let fixture = Fixture()
        try await RunningServer.with(loops: 2, routes: fixture.routes) { server in
            let before = try server.client()
            #expect(try await before.get("/plain").headers["connection"] != "close")
            await server.servers.drain()
            for client in [before, try server.client(), try server.client()] {
                let answer = try await client.get("/plain")
                #expect(answer.text == "hello" && answer.headers["connection"] == "close")
                #expect(await client.untilClosed())
            }
        }
    }

    @Test("connections that wait in the kernel when the server stops are served")
    func backlog() async throws {
        let fixture = Fixture()
        try await RunningServer.with(routes: fixture.routes) { server in
            let clients = try (0..<50).map { _ in try server.client() }
            for client in clients { await client.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n") }
            await server.servers.stop(graceMilliseconds: 600_000)
            for client in clients { #expect(await client.answers(1).first?.text == "hello") }
        }
    }

    @Test("servers come and go without a descriptor left")
    func noLeak() async throws {
        func open() -> Int { (0..<4096).count { fcntl(CInt($0), F_GETFD) >= 0 } }
        let before = open()
        for _ in 0..<100 {
            let fixture = Fixture()
            try await RunningServer.with(routes: fixture.routes) { server in
                let client = try server.client()
                #expect(try await client.get("/plain").status == 200)
            }
        }
        #expect(await eventually(within: .seconds(30)) { open() < before + 60 })   // other tests run beside this one; a server has more than five
    }
}
