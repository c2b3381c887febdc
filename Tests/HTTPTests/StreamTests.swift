import HTTP
import Loop
import Testing
import TestKit

@Suite("Streamed answers")
struct StreamTests {
    /// Gives `count` pieces of `size` bytes, counting those that were asked for.
    private static func source(_ count: Int, size: Int, asked: Locked<Int>) -> @Sendable () async throws -> [UInt8]? {
        {
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            if number > count { return nil }
            await Task.yield()
            return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
        }
    }

    private static func serve(
        length: UInt64?, _ pull: @escaping @Sendable () async throws -> [UInt8]?,
        _ body: @escaping @Sendable @concurrent (RunningServer) async throws -> Void
    ) async throws {
        try await RunningServer.with(routes: { router in
            router.on("GET", "/stream") { _ in Response(body: .stream(length: length, pull)) }
            router.on("GET", "/plain") { _ in .text("hello") }
        }, body)
    }

    @Test("pieces go out in chunks, in order, and the connection stays", arguments: [1, 100, 50_000])
    func chunks(size: Int) async throws {
        try await Self.serve(length: nil, Self.source(20, size: size, asked: Locked(0))) { server in
            let client = try server.client()
            let answer = try await client.get("/stream")
            #expect(answer.headers["transfer-encoding"] == "chunked")
            #expect(answer.body == (1...20).flatMap { [UInt8](repeating: UInt8($0), count: size) })
            #expect(try await client.get("/plain").text == "hello")
        }
    }

    @Test("a stream of known length has it in its head")
    func knownLength() async throws {
        try await Self.serve(length: 60_000, Self.source(20, size: 3000, asked: Locked(0))) { server in
            let client = try server.client()
            let answer = try await client.get("/stream")
            #expect(answer.headers["content-length"] == "60000" && answer.body.count == 60_000)
            #expect(try await client.get("/plain").text == "hello")
        }
    }

    @Test("an empty stream is an empty body")
    func empty() async throws {
        try await Self.serve(length: nil, { nil }) { server in
            let client = try server.client()
            #expect(try await client.get("/stream").body.isEmpty)
            #expect(try await client.get("/plain").text == "hello")
        }
    }

    @Test("empty pieces are passed over")
    func emptyPieces() async throws {
        let number = Locked(0)
        try await Self.serve(length: nil, {
            switch number.withLock({ number in number += 1; return number }) {
            case 1, 3, 4: []
            case 2: [1]
            case 5: [2]
            default: nil
            }
        }) { server in
            let client = try server.client()
            #expect(try await client.get("/stream").body == [1, 2])
        }
    }

    @Test("a piece reaches the client before the next is there")
    func eventByEvent() async throws {
        let second = Signal<Bool>()
        let number = Locked(0)
        try await Self.serve(length: nil, {
            switch number.withLock({ number in number += 1; return number }) {
            case 1: return Array("data: one\n\n".utf8)
            case 2:
                _ = await second.value
                return Array("data: two\n\n".utf8)
            default: return nil
            }
        }) { server in
            let client = try server.client()
            await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await client.receive { String(decoding: $0.received, as: UTF8.self).contains("data: one") })
            #expect(!String(decoding: client.received, as: UTF8.self).contains("two"))
            second.send(true)
            #expect(await client.answers(1).first?.text == "data: one\n\ndata: two\n\n")
        }
    }

    @Test("a client that does not read holds the source back")
    func backPressure() async throws {
        let asked = Locked(0)
        try await Self.serve(length: nil, Self.source(100_000, size: 16_384, asked: asked)) { server in
            let client = try server.client(receiveBuffer: 4096)
            await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            // It goes on until the kernel's buffers are full, and then stands still.
            var last = -1
            #expect(await eventually(within: .seconds(60)) {
                let now = asked.withLock { $0 }
                defer { last = now }
                try? await Task.sleep(for: .milliseconds(100))
                return now > 1 && now == last && asked.withLock { $0 } == now
            })
            #expect(asked.withLock { $0 } < 2000)   // 32 MB; the kernel takes some 3
            let stood = asked.withLock { $0 }
            await client.receive { $0.received.count > 8 << 20 }
            #expect(asked.withLock { $0 } > stood)
        }
    }

    @Test("an error in the middle breaks the connection off, so that half is not taken for whole")
    func breaksOff() async throws {
        struct Broken: Error {}
        let number = Locked(0)
        try await Self.serve(length: nil, {
            if number.withLock({ number in number += 1; return number }) > 2 { throw Broken() }
            return Array("piece".utf8)
        }) { server in
            let client = try server.client()
            await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await client.untilClosed())
            let text = String(decoding: client.received, as: UTF8.self)
            #expect(text.contains("piece") && !text.hasSuffix("0\r\n\r\n") && client.answers.isEmpty)
        }
    }

    @Test("a stream that ends before its length breaks the connection off")
    func tooShort() async throws {
        try await Self.serve(length: 100, Self.source(2, size: 10, asked: Locked(0))) { server in
            let client = try server.client()
            await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await client.untilClosed())
            #expect(client.answers.isEmpty)
        }
    }

    @Test("HEAD asks the source for nothing")
    func head() async throws {
        let asked = Locked(0)
        try await Self.serve(length: nil, Self.source(5, size: 5, asked: asked)) { server in
            let client = try server.client()
            await client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(await client.untilClosed())
            #expect(RawResponse.parse(client.received, headOnly: true).first?.status == 200)
            #expect(String(decoding: client.received, as: UTF8.self).hasSuffix("\r\n\r\n"))
            #expect(asked.withLock { $0 } == 0)
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().handlers == 0 })
        }
    }

    @Test("a client that goes cancels the source while it waits")
    func clientGoes() async throws {
        let waits = Signal<Bool>()
        let outcome = Signal<Bool>()
        let number = Locked(0)
        try await Self.serve(length: nil, {
            if number.withLock({ number in number += 1; return number }) == 1 { return Array("one".utf8) }
            waits.send(true)
            do {
                try await Loop.current?.sleep(milliseconds: 3_600_000)
            } catch {
                outcome.send(Task.isCancelled)
                throw error
            }
            return nil
        }) { server in
            let client = try server.client()
            await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await waits.value
            client.close()
            #expect(await outcome.value)
            #expect(await eventually(within: .seconds(30)) { await server.servers.load() == (0, 0) })
        }
    }

    @Test("a client that goes while it is being sent to ends the source")
    func clientGoesWhileReading() async throws {
        let asked = Locked(0)
        try await Self.serve(length: nil, Self.source(.max, size: 16_384, asked: asked)) { server in
            let client = try server.client(receiveBuffer: 4096)
            await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.receive { $0.received.count > 100_000 }
            client.reset()
            #expect(await eventually(within: .seconds(30)) { await server.servers.load() == (0, 0) })
        }
    }
}
