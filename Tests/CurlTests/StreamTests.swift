import Curl
import Glibc
import JSON
import Loop
import Testing
import TestKit

/// Bodies that are pulled and bodies that are given piece by piece.
@Suite struct StreamTests {
    private static let flood = 64 << 20

    @Test("a body that is pulled arrives whole, after its head", arguments: ["/size/3000000", "/chunks/100", "/size/0"])
    func pulled(path: String) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let stream = try await client.stream(ask(server.url(path)))
            #expect(stream.status == 200)
            let whole = try await client.send(ask(server.url(path))).body
            var bytes: [UInt8] = []
            while let piece = try await stream.next() {
                #expect(!piece.isEmpty)
                bytes += piece
            }
            #expect(bytes == whole)
            #expect(try await stream.next() == nil)
        }
    }

    @Test("what nobody pulls is held back at the server, and comes when it is pulled")
    func backPressure() async throws {
        let server = try await WebServer()
        try await withClient { client async throws in
            let stream = try await client.stream(ask(server.url("/flood/\(Self.flood)"), limit: Self.flood))
            _ = try await stream.next()
            // The server writes until nothing moves any more: sockets hold some megabytes, libcurl and the client hardly any.
            var written = -1
            _ = try await eventually { () async throws in
                let before = written
                written = try await client.json(ask(server.url("/counts")))["written"]?.intValue ?? -1
                try await Task.sleep(for: .milliseconds(200))
                return written > 0 && written == before
            }
            #expect(written < Self.flood / 2)
            var count = 0
            while let piece = try await stream.next() { count += piece.count }
            #expect(count > Self.flood / 2)
        }
    }

    @Test("a stream that is dropped, or whose task is cancelled, lets its place and its connection go", arguments: [false, true])
    func dropped(cancelled: Bool) async throws {
        let server = try await WebServer()
        var narrow = patient
        narrow.transfersPerLoop = 1
        try await withClient(narrow) { client async throws in
            for _ in 0..<3 {
                let task = Task {
                    let stream = try await client.stream(ask(server.url("/flood/\(Self.flood)"), limit: Self.flood))
                    _ = try await stream.next()
                    guard cancelled else { return }
                    while try await stream.next() != nil { withUnsafeCurrentTask { $0?.cancel() } }
                }
                let result = await task.result
                #expect((try? result.get()) == nil ? cancelled : !cancelled)
            }
            #expect(try await client.send(ask(server.url("/echo"))).status == 200)
        }
    }

    @Test("a body that breaks off, or is longer than it may be, is an error after what came")
    func brokenOff() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            for (path, limit, kind, expected) in [("/short", 1000, CurlError.Kind.connection, 9), ("/chunks/10", 0x8000 * 3, .tooLarge, 0x8000 * 3)] {
                let stream = try await client.stream(ask(server.url(path), limit: limit))
                var count = 0
                let error = await #expect(throws: CurlError.self) { while let piece = try await stream.next() { count += piece.count } }
                #expect(error?.kind == kind)
                #expect(count <= expected)
            }
        }
    }

    @Test("a server that says nothing more, or nothing at all, is met by a limit of its own")
    func silence() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let stream = try await client.stream(ask(server.url("/stall")), idleMilliseconds: 300)
            #expect(try await stream.next() == Array("begin".utf8))
            let stalled = await #expect(throws: CurlError.self) { _ = try await stream.next() }
            #expect(stalled?.kind == .timeout)
            let silent = await #expect(throws: CurlError.self) {
                _ = try await client.stream(CurlRequest(server.url("/slow/20000"), timeoutMilliseconds: 300))
            }
            #expect(silent?.kind == .timeout)
        }
    }

    @Test("a body of pieces arrives, with its length or in chunks", arguments: [true, false])
    func given(hasLength: Bool) async throws {
        let server = try await WebServer.shared
        let whole = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await withClient { client async throws in
            var request = ask("PUT", server.url("/hash"))
            request.upload = CurlUpload(length: hasLength ? whole.count : nil) { offset in
                try await Task.sleep(for: .milliseconds(1))   // it comes from somewhere
                return Array(whole[offset..<min(offset + 70_000, whole.count)])
            }
            let told = try await client.json(request)
            #expect(told["length"] == .int(whole.count))
            #expect(told["chunked"] == .bool(!hasLength))
            var echo = ask("POST", server.url("/hash"))
            echo.body = Buffer(whole)
            #expect(told["sha256"] == (try await client.json(echo))["sha256"])
        }
    }

    @Test("a part of a file arrives, read a little at a time")
    func file() async throws {
        let server = try await WebServer.shared, folder = try TestFolder()
        let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        let path = try folder.write(bytes, to: "file"), workers = Workers<Void>(threads: 1) { () }
        try await withClient { client async throws in
            var request = ask("PUT", server.url("/hash")), echo = ask("PUT", server.url("/hash"))
            request.upload = .file(path, range: 100..<1_900_000, on: workers)
            echo.body = Buffer(Array(bytes[100..<1_900_000]))
            let (told, expected) = (try await client.json(request), try await client.json(echo))
            #expect(told["sha256"] == expected["sha256"] && told["length"] == 1_899_900)
        }
        await workers.stop()
    }

    @Test("a source that fails or ends early ends the request", arguments: ["fails", "ends early", "is no file"])
    func badSource(_ what: String) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            var request = ask("PUT", server.url("/hash"))
            request.upload = CurlUpload(length: 1000) { offset in
                if offset == 0 { return [UInt8](repeating: 1, count: 500) }
                if what == "fails" { throw POSIXFailure() }
                return []
            }
            if what == "is no file" { request.upload = .file("/nowhere/at/all", range: 0..<10, on: Workers<Void>(threads: 1) { () }) }
            #expect(await client.failure(request)?.kind == .source)
            #expect(try await client.send(ask(server.url("/echo"))).status == 200)
        }
    }

    @Test("an answer that comes before the body was wanted is the answer")
    func earlyAnswer() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            var request = ask("PUT", server.url("/deaf"))
            request.upload = CurlUpload(length: 1 << 30) { _ in
                try await Task.sleep(for: .milliseconds(5))
                return [UInt8](repeating: 0, count: 100)
            }
            #expect(try await client.send(request).status == 403)
        }
    }

    @Test("a piece that is sent again over a fresh connection begins at the beginning")
    func replayed() async throws {
        let server = try await WebServer()
        try await withClient { client async throws in
            for _ in 0..<5 {
                _ = try await client.send(ask(server.url("/keptonly")))   // its connection dies with the next request
                var request = ask("PUT", server.url("/hash"))
                request.upload = CurlUpload(length: 100_000) { offset in [UInt8](repeating: 7, count: min(30_000, 100_000 - offset)) }
                #expect(try await client.json(request)["length"] == 100_000)
            }
        }
    }
}

private struct POSIXFailure: Error {}
