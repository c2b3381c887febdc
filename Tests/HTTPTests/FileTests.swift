import Glibc
import HTTP
import Loop
import Testing
import TestKit

@Suite("Files as answers")
struct FileTests {
    /// The descriptors of one file that were opened so far.
    struct Opened: Sendable {
        let path: String
        let descriptors = Locked<[CInt]>([])
        func open() -> CInt {
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
            descriptors.withLock { $0.append(descriptor) }
            return descriptor
        }
        var count: Int { descriptors.withLock { $0.count } }
        /// None of them is this file any more: a number may have been given to another.
        var areClosed: Bool {
            descriptors.withLock { $0 }.allSatisfy { descriptor in
                var target = [CChar](repeating: 0, count: 256)
                let count = readlink("/proc/self/fd/\(descriptor)", &target, 255)
                return count < 0 || String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) != path
            }
        }
    }

    private static func with(
        _ bytes: [UInt8], offset: UInt64, length: UInt64, _ body: @escaping @Sendable @concurrent (RunningServer, Opened) async throws -> Void
    ) async throws {
        let folder = try TestFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = try folder.write(bytes, to: "file")
        let opened = Opened(path: path)
        try await RunningServer.with(routes: { router in
            router.on("GET", "/file") { _ in
                Response(headers: [("content-type", "video/mp4")], body: .file(descriptor: opened.open(), offset: offset, length: length))
            }
            router.on("GET", "/unsendable") { _ in
                Response(headers: [("x", "a\nb")], body: .file(descriptor: opened.open(), offset: offset, length: length))
            }
        }) { server in try await body(server, opened) }
    }

    @Test("the part of the file that was named is sent, and the descriptor closed", arguments: [(0, 9_000_000), (5, 10), (8_999_999, 1), (100, 0)])
    func parts(offset: Int, length: Int) async throws {
        let bytes = pattern(9_000_000)
        try await Self.with(bytes, offset: UInt64(offset), length: UInt64(length)) { server, opened in
            let client = try server.client()
            let answer = try await client.get("/file")
            #expect(answer.headers["content-length"] == "\(length)" && answer.headers["content-type"] == "video/mp4")
            #expect(answer.body == Array(bytes[offset..<offset + length]))
            #expect(try await client.get("/file").body.count == length)
            #expect(await eventually(within: .seconds(30)) { opened.areClosed })
            #expect(opened.count == 2)
        }
    }

    @Test("HEAD tells the length and closes the descriptor")
    func head() async throws {
        try await Self.with([1, 2, 3, 4], offset: 1, length: 3) { server, opened in
            let client = try server.client()
            await client.send("HEAD /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(await client.untilClosed())
            #expect(RawResponse.parse(client.received, headOnly: true).first?.headers["content-length"] == "3")
            #expect(await eventually(within: .seconds(30)) { opened.areClosed })
        }
    }

    @Test("an answer that cannot be sent closes its descriptor too")
    func unsendable() async throws {
        try await Self.with([1, 2, 3, 4], offset: 0, length: 4) { server, opened in
            let client = try server.client()
            #expect(try await client.get("/unsendable").status == 500)
            #expect(await eventually(within: .seconds(30)) { opened.areClosed })
        }
    }

    @Test("a client that goes in the middle leaves no descriptor behind")
    func clientGoes() async throws {
        try await Self.with([UInt8](repeating: 1, count: 20_000_000), offset: 0, length: 20_000_000) { server, opened in
            let client = try server.client(receiveBuffer: 4096)
            await client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.receive { $0.received.count > 50_000 }
            client.reset()
            #expect(await eventually(within: .seconds(30)) { await server.servers.load().connections == 0 })
            #expect(opened.areClosed)
        }
    }
}
