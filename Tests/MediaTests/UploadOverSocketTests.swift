import HTTP
import Kit
import Loop
import Telemetry
import TestKit
import TestRoutes
import TestStores
import Testing
@testable import Media

@Suite("Uploads over a real connection")
struct UploadOverSocketTests {
    /// Serves the routes of the service on a port of its own.
    private func serving(_ body: @escaping @Sendable (MediaBench, _ port: UInt16) async throws -> Void) async throws {
        try await MediaBench.with { bench in
            let service = try HTTPService(
                service: "media", routes: bench.service.parts.routes, authenticator: TestAuthenticator(), configuration: .init(port: 0),
                loops: bench.service.context.loops, log: Log(service: "media", level: .error), state: RunState(), metrics: Metrics())
            let task = Task { try await service.run() }
            #expect(await eventually { service.port != nil })
            do { try await body(bench, try #require(service.port)) } catch { Issue.record(error) }
            task.cancel()
            try await task.value
        }
    }

    private func patch(_ path: String, at offset: Int, length: Int) -> [UInt8] {
        Array("""
            PATCH \(path) HTTP/1.1\r\nhost: test\r\nauthorization: Bearer \(TestAuthenticator.token(of: MediaBench.ann))\r\ntus-resumable: 1.0.0\r
            upload-offset: \(offset)\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: \(length)\r\n\r\n
            """.utf8)
    }

    @Test("20 MB in one request are on the disk as they come, not in memory until the end")
    func twentyMegabytes() async throws {
        try await serving { bench, port in
            let bytes = film(20 << 20)
            let path = try await bench.begin(length: bytes.count)
            let socket = try UploadSocket(port: port)
            try socket.send(patch(path, at: 0, length: bytes.count))
            try socket.send(bytes[..<(10 << 20)])
            // Half is here, the other half not sent: what is remembered grew while it came.
            #expect(await eventually { (await bench.offset(path) ?? 0) >= 8 << 20 })
            try socket.send(bytes[(10 << 20)...])
            let head = try socket.head()
            #expect(head.hasPrefix("HTTP/1.1 204"), "\(head)")
            #expect(try bench.original() == bytes)
            #expect(await bench.offset(path) == bytes.count)
        }
    }

    @Test("a connection that breaks costs nothing that arrived, and the upload goes on over another")
    func broken() async throws {
        try await serving { bench, port in
            let bytes = film(3 << 20)
            let path = try await bench.begin(length: bytes.count)
            do {
                let socket = try UploadSocket(port: port)
                try socket.send(patch(path, at: 0, length: bytes.count))
                try socket.send(bytes[..<(1 << 20)])
                #expect(await eventually { (try? TestFolder.read(bench.spooled(path)))?.count ?? 0 > 0 })
            }
            #expect(await eventually { (await bench.offset(path) ?? 0) > 0 })
            let offset = try #require(await bench.offset(path))
            #expect(offset <= 1 << 20)
            #expect(await eventually { await bench.patch(path, at: offset, Array(bytes[offset...])).status == 204 })
            #expect(try bench.original() == bytes)
        }
    }
}
