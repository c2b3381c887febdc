import Curl
import Glibc
import JSON
import Loop
import Testing
import TestKit

/// HTTP/2 against servers that speak it: nghttpd, which speaks nothing else, and nginx, which offers both.
@Suite struct HTTP2Tests {
    @Test("a server without TLS that is known to speak it is spoken to from the first byte, by many at once")
    func priorKnowledge() async throws {
        let server = try await SmallServer.nghttpd()
        try await withClient { client async throws in
            let plain = await client.failure(ask("http://127.0.0.1:\(server.port)/file"))
            #expect(plain?.kind == .protocolViolation || plain?.kind == .connection)   // HTTP/1.1 is not understood there
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        let answer = try await client.send(knowing("GET", server, "/file"))
                        return answer.status == 200 && answer.body == SmallServer.content
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test("bodies go both ways over it; what goes piece by piece, or is large, is refused")
    func bodies() async throws {
        let server = try await SmallServer.nghttpd(), bytes = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        try await withClient { client async throws in
            var request = knowing("POST", server, "/upload")
            request.body = Buffer(bytes)
            #expect(try await client.send(request).body == bytes)
            let streamed = await #expect(throws: CurlError.self) { _ = try await client.stream(knowing("GET", server, "/file")) }
            #expect(streamed?.kind == .invalidRequest)
            request.body = Buffer([UInt8](repeating: 1, count: 100_000))
            #expect(await client.failure(request)?.kind == .invalidRequest)
            request.body = nil
            request.upload = CurlUpload(length: 1) { _ in [1] }
            #expect(await client.failure(request)?.kind == .invalidRequest)
        }
    }

    @Test("over TLS it is agreed upon and shared by many; who wants HTTP/1.1, pulls, or sends much gets that")
    func negotiated() async throws {
        let server = try await SmallServer.nginx()
        var trusting = patient
        trusting.certificateAuthorities = server.folder.path + "/certificate.pem"
        try await withClient(trusting) { client async throws in
            let url = "https://127.0.0.1:\(server.port)/"
            // The server tells the protocol and the number of the connection.
            let told = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<30 { group.addTask { String(decoding: try await client.send(ask(url)).body, as: UTF8.self) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(told.count == 1 && told.first?.hasPrefix("HTTP/2.0 ") == true, "\(told)")
            var request = ask(url)
            request.version = .http1
            #expect(try await client.send(request).body.starts(with: "HTTP/1.1 ".utf8))
            request = ask("POST", url)
            request.body = Buffer([UInt8](repeating: 1, count: 100_000))
            #expect(try await client.send(request).body.starts(with: "HTTP/1.1 ".utf8))
            #expect(try await client.stream(ask(url)).next()?.starts(with: "HTTP/1.1 ".utf8) == true)
        }
    }
}

private func knowing(_ method: String, _ server: SmallServer, _ path: String) -> CurlRequest {
    var request = ask(method, "http://127.0.0.1:\(server.port)\(path)")
    request.version = .http2
    return request
}

/// A server of a few lines of configuration, from a Debian package.
private final class SmallServer: Sendable {
    static let content = Array("over two\n".utf8)

    let port: UInt16
    let folder: TestFolder
    private let process: ServerProcess

    private init(_ folder: TestFolder, port: UInt16, _ program: String, _ words: [String], package: String) async throws {
        self.folder = folder
        self.port = port
        process = try ServerProcess(program, words)
        let isUp = await eventually(within: .seconds(30)) {
            guard let descriptor = try? connectedSocket(port: port) else { return false }
            close(descriptor)
            return true
        }
        guard isUp else { throw ServerProcess.Failure("\(program) does not serve: apt-get install \(package)") }
    }

    /// With one file; what is uploaded it sends back.
    static func nghttpd() async throws -> SmallServer {
        let folder = try TestFolder(), port = freePort()
        try folder.write(content, to: "file")
        let words = ["--echo-upload", "-a", "127.0.0.1", "-d", folder.path, "\(port)", "--no-tls"]
        return try await SmallServer(folder, port: port, "nghttpd", words, package: "nghttp2-server")
    }

    /// Over TLS; it answers with the protocol and the connection's number.
    static func nginx() async throws -> SmallServer {
        let folder = try TestFolder(), port = freePort(), path = folder.path
        let made = try TestProgram.run("openssl", [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path + "/key.pem", "-out", path + "/certificate.pem",
        ], package: "openssl")
        #expect(made.status == 0, "\(made.errors)")
        let file = try folder.write("""
            daemon off; master_process off; pid \(path)/pid; error_log \(path)/errors;
            events { }
            http {
                access_log off;
                client_body_temp_path \(path)/a; proxy_temp_path \(path)/b; fastcgi_temp_path \(path)/c; uwsgi_temp_path \(path)/d; scgi_temp_path \(path)/e;
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(path)/certificate.pem; ssl_certificate_key \(path)/key.pem;
                    return 200 "$server_protocol $connection";
                }
            }
            """.utf8, to: "nginx.conf")
        return try await SmallServer(folder, port: port, "/usr/sbin/nginx", ["-p", path, "-c", file, "-e", path + "/errors"], package: "nginx-light")
    }
}
