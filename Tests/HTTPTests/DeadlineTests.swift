import Glibc
import HTTP
import JSON
import Loop
import Testing
import TestKit

@Suite("Deadlines")
struct DeadlineTests {
    /// Everything short but what a test is not about.
    static func limits(_ change: (inout Server.Limits) -> Void) -> Server.Limits {
        var limits = Server.Limits()
        limits.headMilliseconds = 600_000
        limits.keepAliveMilliseconds = 600_000
        limits.bodyMilliseconds = 600_000
        limits.answerMilliseconds = 600_000
        change(&limits)
        return limits
    }

    static func routes(_ router: inout Router) {
        router.on("GET", "/plain") { _ in .text("hello") }
        router.on("POST", "/count") { request in
            guard let body = try? await request.body(upTo: 1 << 20) else { return Response(status: 400) }
            return .text("\(body.count)")
        }
    }

    @Test("a connection that says nothing is closed")
    func silent() async throws {
        try await RunningServer.with(limits: Self.limits { $0.headMilliseconds = 300 }, routes: Self.routes) { server in
            let client = try server.client()
            let start = ContinuousClock.now
            #expect(await client.untilClosed())
            #expect(ContinuousClock.now - start >= .milliseconds(290))
            #expect(client.received.isEmpty)
        }
    }

    @Test("a head that comes byte by byte does not prolong its time", arguments: [
        "GET /plain HTTP/1.1\r\nHost: a\r\nX: ", "GE",
    ])
    func slowHead(start: String) async throws {
        try await RunningServer.with(limits: Self.limits { $0.headMilliseconds = 300 }, routes: Self.routes) { server in
            let client = try server.client()
            await client.send(start)
            let isClosed = await eventually(within: .seconds(30)) {
                await client.send("a")
                await client.receive(within: 1) { _ in false }
                return client.isClosed
            }
            #expect(isClosed && client.answers.isEmpty)
        }
    }

    @Test("an idle connection is closed after its answer's time, one in use is not")
    func keepAlive() async throws {
        try await RunningServer.with(limits: Self.limits { $0.keepAliveMilliseconds = 1500 }, routes: Self.routes) { server in
            let idle = try server.client()
            _ = try await idle.get("/plain")
            var busy = try server.client()
            var lastUse = ContinuousClock.now
            while !idle.isClosed {
                do {
                    #expect(try await busy.get("/plain").status == 200)
                } catch {   // right when this machine took that long from one request to the next, and only then
                    #expect(ContinuousClock.now - lastUse > .milliseconds(1400))
                    busy = try server.client()
                }
                lastUse = .now
                await idle.receive(within: 20) { _ in false }
            }
        }
    }

    @Test("a body that comes byte by byte is given up, and its handler told")
    func slowBody() async throws {
        let outcome = Signal<String>()
        try await RunningServer.with(limits: Self.limits { $0.bodyMilliseconds = 300 }, routes: { router in
            router.on("POST", "/count") { request in
                do throws(BodyError) {
                    outcome.send("\(try await request.body(upTo: 1000).count)")
                } catch {
                    outcome.send("\(error)")
                }
                return Response()
            }
        }) { server in
            let client = try server.client()
            await client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            let isClosed = await eventually(within: .seconds(30)) {
                await client.send("a")
                await client.receive(within: 1) { _ in false }
                return client.isClosed
            }
            #expect(isClosed)
            #expect(await outcome.value == "clientGone")
        }
    }

    @Test("a long body that keeps its pace has longer")
    func steadyBody() async throws {
        let limits = Self.limits {
            $0.bodyMilliseconds = 400
            $0.bytesPerSecond = 1000
        }
        try await RunningServer.with(limits: limits, routes: Self.routes) { server in
            let client = try server.client()
            await client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            let start = ContinuousClock.now
            var sent = 0
            while sent < 100_000 {   // 10,000 bytes are worth ten seconds
                sent += await client.send([UInt8](repeating: 1, count: 10_000))
                await client.receive(within: 100) { _ in false }
            }
            #expect(ContinuousClock.now - start > .milliseconds(400))
            #expect(await client.answers(1).first?.text == "100000")
        }
    }

    @Test("the time in which the handler does not read is not the client's")
    func slowHandler() async throws {
        let limits = Self.limits {
            $0.bodyMilliseconds = 1000
            $0.keepAliveMilliseconds = 1000
            $0.headMilliseconds = 1000
            $0.answerMilliseconds = 1000
            $0.readAhead = 16 * 1024
        }
        try await RunningServer.with(limits: limits, routes: { router in
            router.on("POST", "/slow") { request in
                try? await request.loop.sleep(milliseconds: 1500)
                let first = try? await request.nextPiece()
                try? await request.loop.sleep(milliseconds: 1500)
                let rest = try? await request.body(upTo: 10 << 20)
                try? await request.loop.sleep(milliseconds: 1500)
                return .text("\((first?.count ?? -1) + (rest?.count ?? -1))")
            }
        }) { server in
            let client = try server.client()
            // So little that it lies in the kernel's buffers: the client has done its part.
            await client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + String(repeating: "x", count: 200_000))
            #expect(await client.answers(1).first?.text == "200000")
        }
    }

    @Test("a client that does not take its answer is cut off")
    func slowReader() async throws {
        let limits = Self.limits {
            $0.answerMilliseconds = 300
            $0.bytesPerSecond = 1 << 40
        }
        try await RunningServer.with(limits: limits, routes: { router in
            let large = Buffer(pattern(20_000_000))
            router.on("GET", "/large") { _ in Response(body: .bytes(large)) }
            router.on("GET", "/stream") { _ in Response(body: .stream(length: nil) { [UInt8](repeating: 1, count: 100_000) }) }
        }) { server in
            for path in ["/large", "/stream"] {
                let client = try server.client(receiveBuffer: 4096)
                await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await eventually(within: .seconds(30)) { await server.servers.load() == (0, 0) })
                #expect(await client.untilClosed() && client.received.count < 20_000_000)
            }
        }
    }

    @Test("a stream whose source is slow is not cut off")
    func slowSource() async throws {
        let number = Locked(0)
        let limits = Self.limits {
            $0.answerMilliseconds = 150
            $0.keepAliveMilliseconds = 150
        }
        try await RunningServer.with(limits: limits, routes: { router in
            router.on("GET", "/stream") { request in
                Response(body: .stream(length: nil) {
                    if number.withLock({ number in number += 1; return number }) > 3 { return nil }
                    try await request.loop.sleep(milliseconds: 400)
                    return Array("x".utf8)
                })
            }
        }) { server in
            let client = try server.client()
            #expect(try await client.get("/stream").text == "xxx")
        }
    }

    @Test("a client that was answered early and goes on sending has its time, and no more")
    func lingering() async throws {
        let limits = Self.limits { $0.lingerMilliseconds = 300; $0.keepAliveMilliseconds = 300 }
        try await RunningServer.with(limits: limits, routes: { router in
            router.on("POST", "/unread") { _ in .text("no", status: 413) }
        }) { server in
            let client = try server.client()
            await client.send("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n")
            #expect(await client.answers(1).first?.status == 413, "\(client.received.count) \(client.isClosed)")
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().connections == 0 })
        }
    }
}
