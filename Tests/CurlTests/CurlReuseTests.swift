import Curl
import JSON
import Loop
import Testing
import TestKit

/// Connections, as the server counts them.
@Suite struct CurlReuseTests {
    @Test("requests one after the other share a connection")
    func keepAlive() async throws {
        let server = try await WebServer()
        try await withClient { client async throws in
            for _ in 0..<20 { #expect(try await client.send(ask(server.url("/echo"))).status == 200) }
            let counts = try await client.json(ask(server.url("/counts")))
            #expect(counts["requests"] == 21)
            #expect(counts["connections"] == 1)
        }
    }

    @Test("100 requests at once are answered, each its own, many at the same time")
    func hundredAtOnce() async throws {
        let server = try await WebServer()
        try await withClient(loops: 2) { client async throws in
            try await withThrowingTaskGroup(of: (Int, JSONValue).self) { group in
                for number in 0..<100 {
                    group.addTask {
                        _ = try await client.send(CurlRequest(server.url("/slow/1000"), timeoutMilliseconds: 30_000))
                        let body = Buffer(Array("\(number)".utf8))
                        let echo = CurlRequest("POST", server.url("/echo/\(number)"), body: body, timeoutMilliseconds: 30_000)
                        return (number, try await client.json(echo))
                    }
                }
                for try await (number, told) in group {
                    #expect(told["path"] == .string("/echo/\(number)"))
                    #expect(told["body"] == .string("\(number)"))
                }
            }
            let counts = try await client.json(ask(server.url("/counts")))
            #expect(counts["requests"] == 201)
            #expect((10...128).contains(try #require(counts["connections"]?.intValue)))
        }
    }

    @Test("a connection that the server closed is replaced without an error")
    func serverCloses() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            for _ in 0..<5 {
                #expect(try await client.send(ask(server.url("/hangup"))).status == 200)
                #expect(try await client.send(ask(server.url("/echo"))).status == 200)
            }
        }
    }

    @Test("a request that must not run twice is not sent again when a kept connection breaks; any other is")
    func mustNotRepeat() async throws {
        let server = try await WebServer()
        for mayRepeat in [true, false] {
            try await withClient { client async throws in
                _ = try await client.send(ask(server.url("/keptonly")))
                let before = try #require(try await client.json(ask(server.url("/counts")))["requests"]?.intValue)
                var request = ask("POST", server.url("/keptonly"))
                request.mayRepeat = mayRepeat
                #expect(try await client.send(request).status == 200)
                let counts = try await client.json(ask(server.url("/counts")))
                #expect(counts["requests"]?.intValue == before + (mayRepeat ? 3 : 2))
            }
        }
    }

    @Test("a server that was away answers again when it is back")
    func restart() async throws {
        let first = try await WebServer()
        try await withClient { client async throws in
            #expect(try await client.send(ask(first.url("/echo"))).status == 200)
            first.end()
            let error = await client.failure(ask(first.url("/echo")))
            #expect(error?.kind == .connection)
            let second = try await WebServer()
            #expect(try await client.send(ask(second.url("/echo"))).status == 200)
        }
    }

    @Test("connections are closed with the client")
    func closed() async throws {
        let server = try await WebServer()
        try await withClient(loops: 2) { client async throws in
            for _ in 0..<4 { _ = try await client.send(ask(server.url("/echo"))) }
        }
        try await withClient { client async throws in
            #expect(try await eventually { try await client.json(ask(server.url("/counts")))["open"] == 1 })
        }
    }

    @Test("from a task on no loop a request works as well")
    func offLoop() async throws {
        let server = try await WebServer.shared
        let loops = LoopGroup(count: 2)
        let client = CurlClient(loops, patient)
        for _ in 0..<4 { #expect(try await client.send(ask(server.url("/echo"))).status == 200) }
        await client.close()
        await loops.shutdown()
    }
}
