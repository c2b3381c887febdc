import HTTP
import JSON
import Loop
import Testing
import TestKit

@Suite("Request bodies")
struct BodyTests {
    static func routes(_ router: inout Router) {
        router.on("GET", "/plain") { _ in .text("hello") }
        router.on("POST", "/echo") { request in await echo(request, upTo: 100 << 20) }
        router.on("POST", "/small") { request in await echo(request, upTo: 1000) }
        router.on("POST", "/unread") { _ in .text("no", status: 401) }
        router.on("POST", "/unread-later") { request in
            try? await request.loop.sleep(milliseconds: 5)
            return .text("no", status: 401)
        }
        router.on("POST", "/first-piece") { request in
            let first = try? await request.nextPiece()
            return .text("\(first?.isEmpty == false)", status: 413)
        }
        router.on("POST", "/pieces") { request in
            var sizes: [Int] = []
            while let piece = try? await request.nextPiece(minimum: 65_536) { sizes.append(piece.count) }
            return .text("\(sizes.reduce(0, +)) \(sizes.dropLast().allSatisfy { $0 >= 65_536 }) \(sizes.count) \(sizes.max() ?? 0)")
        }
    }

    private static func echo(_ request: Request, upTo limit: Int) async -> Response {
        do {
            let body = try await request.body(upTo: limit)
            return Response(body: .bytes(Buffer(body)))
        } catch {
            return .text("\(error)", status: 413)
        }
    }

    @Test("a body arrives whole, with a length and in chunks", arguments: [0, 1, 5000, 100_000, 3_000_000])
    func whole(size: Int) async throws {
        let bytes = pattern(size)
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            #expect(await client.send(bytes) == size)
            #expect(await client.answers(1).first?.body == bytes)
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in stride(from: 0, to: size, by: 40_000) {
                let chunk = bytes[start..<min(size, start + 40_000)]
                _ = await client.send(Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8))
            }
            await client.send("0\r\n\r\n")
            #expect(await client.answers(2).last?.body == bytes)
            #expect(try await client.get("/plain").status == 200)
        }
    }

    @Test("a body that comes byte by byte arrives whole")
    func byteByByte() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n".utf8 {
                _ = await client.send([byte])
                await Task.yield()
            }
            #expect(await client.answers(1).first?.text == "abcde")
        }
    }

    @Test("pieces are as large as the handler wants them")
    func largePieces() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            await client.send("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            #expect(await client.send([UInt8](repeating: 7, count: 1_000_000)) == 1_000_000)
            let words = try #require(await client.answers(1).first).text.split(separator: " ")
            #expect(words[0] == "1000000" && words[1] == "true")
            #expect(Int(words[2]).map { $0 <= 16 } == true)
        }
    }

    @Test("what the handler does not read is held back at the client, and goes on when it reads")
    func heldBack() async throws {
        let mayRead = Signal<Bool>()
        try await RunningServer.with(routes: { router in
            router.on("POST", "/slow") { request in
                _ = await mayRead.value
                let body = try? await request.body(upTo: 100 << 20)
                return .text("\(body?.count ?? -1)")
            }
        }) { server in
            let client = try server.client()
            let size = 40 << 20
            await client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            let taken = await client.send([UInt8](repeating: 1, count: size), within: 300)
            #expect(taken < size / 2)   // the kernel's buffers and no more
            mayRead.send(true)
            #expect(await client.send([UInt8](repeating: 1, count: size - taken)) == size - taken)
            #expect(await client.answers(1).first?.text == "\(size)")
        }
    }

    @Test("a handler that pauses in the middle holds the rest back too")
    func heldBackInTheMiddle() async throws {
        let mayGoOn = Signal<Bool>()
        let seen = Signal<Int>()
        try await RunningServer.with(routes: { router in
            router.on("POST", "/slow") { request in
                var count = (try? await request.nextPiece())?.count ?? 0
                seen.send(count)
                _ = await mayGoOn.value
                while let piece = try? await request.nextPiece() { count += piece.count }
                return .text("\(count)")
            }
        }) { server in
            let client = try server.client()
            let size = 40 << 20
            await client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            let taken = await client.send([UInt8](repeating: 1, count: size), within: 300)
            #expect(await seen.value > 0)
            #expect(taken < size / 2)
            mayGoOn.send(true)
            #expect(await client.send([UInt8](repeating: 1, count: size - taken)) == size - taken)
            #expect(await client.answers(1).first?.text == "\(size)")
        }
    }

    @Test("a short body that nobody reads does not cost the connection", arguments: ["/unread", "/unread-later", "/first-piece"])
    func shortUnread(path: String) async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            for _ in 0..<2 {
                let body = String(repeating: "x", count: 100_000)
                let answer = try await client.ask("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", body)
                #expect([401, 413].contains(answer.status) && answer.headers["connection"] != "close")
                let head = "POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                let chunked = try await client.ask(head, "186a0\r\n\(body)\r\n0\r\n\r\n")
                #expect([401, 413].contains(chunked.status))
            }
            #expect(try await client.get("/plain").status == 200)
        }
    }

    @Test("a client in the middle of a long body that nobody wants gets the answer, and the end", arguments: [
        "/unread", "/unread-later", "/first-piece", "/small",
    ])
    func longUnread(path: String) async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            for framing in ["Content-Length: 30000000", "Transfer-Encoding: chunked"] {
                let client = try server.client()
                await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                if framing.hasSuffix("chunked") { await client.send("1c9c380\r\n") }
                // Half of it is sent whatever the server says.
                _ = await client.send([UInt8](repeating: 1, count: 15_000_000))
                let answer = try #require(await client.answers(1).first)
                #expect([401, 413].contains(answer.status))
                #expect(answer.headers["connection"] == "close")
                #expect(await client.untilClosed())
                #expect(client.answers.count == 1)
            }
        }
    }

    @Test("a body that is too long by its length is refused before it is read")
    func tooLongByLength() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let head = "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"
            let answer = try await server.client().ask(head, String(repeating: "x", count: 1001))
            #expect(answer.status == 413 && answer.text == "tooLarge(limit: 1000)")
        }
    }

    @Test("a client that waits for 100 Continue gets it once the handler reads")
    func continues() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(await client.answers(1).map(\.status) == [100])
            await client.send("abc")
            let answers = await client.answers(2)
            #expect(answers.map(\.status) == [100, 200] && answers.last?.text == "abc")
            #expect(try await client.get("/plain").status == 200)
        }
    }

    @Test("a client that waits for 100 Continue and is refused gets the answer alone", arguments: ["/unread", "/unread-later", "/nothing"])
    func refusesToContinue(path: String) async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            let answer = try await client.ask("POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3000000\r\n\r\n")
            #expect([401, 404].contains(answer.status))
            #expect(await client.untilClosed())
            #expect(client.answers.count == 1)
        }
    }

    @Test("a handler whose client goes in the middle of the body is told")
    func clientGoes() async throws {
        let outcome = Signal<String>()
        try await RunningServer.with(routes: { router in
            router.on("POST", "/echo") { request in
                do throws(BodyError) {
                    outcome.send("\(try await request.body(upTo: 1000).count)")
                } catch {
                    outcome.send("\(error) \(Task.isCancelled)")
                }
                return Response()
            }
        }) { server in
            let client = try server.client()
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            client.close()
            #expect(await outcome.value == "clientGone true")
        }
    }

    @Test("of an upload of 32 MB no more is held than what is read ahead")
    func largeUpload() async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            let size = 32 << 20
            await client.send("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            #expect(await client.send([UInt8](repeating: 7, count: size)) == size)
            let words = await client.answers(1).first?.text.split(separator: " ") ?? []
            #expect(words.prefix(2) == ["\(size)", "true"])
            let limits = Server.Limits()
            #expect(try #require(words.last.flatMap { Int($0) }) < limits.readAhead + limits.connectionMemory)
        }
    }
}
