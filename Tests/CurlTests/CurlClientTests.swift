import Curl
import JSON
import Testing

/// What goes out and what comes in, as a Python server sees it.
@Suite struct CurlClientTests {
    @Test("method, path, fields and body arrive as they were given")
    func echo() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            var request = ask("POST", server.url("/echo/a/../b?q=%20&r=1"))
            request.headers = [HeaderField("Content-Type", "application/json"), HeaderField("traceparent", "00-1-2-01"), HeaderField("X-Empty", "")]
            request.body = Buffer(Array(#"{"a":1}"#.utf8))
            let told = try await client.json(request)
            #expect(told["method"] == "POST")
            #expect(told["path"] == "/echo/a/../b?q=%20&r=1")
            #expect(told["body"] == #"{"a":1}"#)
            let fields = try #require(told["fields"]?.arrayValue)
            #expect(fields.contains(["content-type", "application/json"]))
            #expect(fields.contains(["traceparent", "00-1-2-01"]))
            #expect(fields.contains(["x-empty", ""]))
            #expect(fields.contains(["user-agent", "lyceum"]))
            #expect(!fields.contains { $0[0] == "expect" })
        }
    }

    @Test("a method without a body sends none, and no type of one", arguments: ["GET", "DELETE", "OPTIONS", "PURGE", "POST", "PUT", "PATCH"])
    func methods(method: String) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let told = try await client.json(ask(method, server.url("/echo")))
            #expect(told["method"] == .string(method))
            #expect(told["body"] == "")
            let fields = try #require(told["fields"]?.arrayValue)
            #expect(!fields.contains { $0[0] == "content-type" })
            #expect(fields.contains(["content-length", "0"]) == ["POST", "PUT", "PATCH"].contains(method))
        }
    }

    @Test("an empty body and one of many bytes arrive", arguments: [0, 1, 100_000, 3_000_000])
    func bodies(count: Int) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let request = CurlRequest("PUT", server.url("/echo"), body: Buffer([UInt8](repeating: 0x61, count: count)), timeoutMilliseconds: 10_000)
            #expect(try await client.json(request)["body"]?.stringValue?.utf8.count == count)
        }
    }

    @Test("HEAD brings the head alone")
    func head() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let response = try await client.send(ask("HEAD", server.url("/declared/5000000000")))
            #expect(response.status == 200)
            #expect(response.header("content-length") == "5000000000")
            #expect(response.body.isEmpty)
        }
    }

    @Test("any status is an answer, with its fields as they came", arguments: [200, 204, 304, 404, 422, 500, 503])
    func statuses(status: Int) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let response = try await client.send(ask(server.url("/status/\(status)")))
            #expect(response.status == status)
            #expect(response.headers.filter { $0.name == "X-Twice" }.map(\.value) == ["one", "two"])
            #expect(response.header("x-empty") == "")
            #expect(response.header("X-SPACED") == "a b")
            #expect(response.header("x-none") == nil)
        }
    }

    @Test("the fields of an interim answer are not those of the answer")
    func interim() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let response = try await client.send(ask(server.url("/interim")))
            #expect(response.status == 200)
            #expect(response.header("x-interim") == nil)
            #expect(response.body == Array("final".utf8))
        }
    }

    @Test("a redirect is an answer, not a way")
    func redirect() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let response = try await client.send(ask(server.url("/redirect")))
            #expect(response.status == 302)
            #expect(response.header("location") == "/echo")
        }
    }

    @Test("user info in the address is sent as basic authentication")
    func basicAuthentication() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let told = try await client.json(ask(server.url("/echo", user: "elastic:p%40ss@")))
            #expect(try #require(told["fields"]?.arrayValue).contains(["authorization", "Basic ZWxhc3RpYzpwQHNz"]))
        }
    }

    @Test("what would become another request on the wire is refused before anything is sent", arguments: [
        CurlRequest("GET\r\nX: y", "http://127.0.0.1:1/"), CurlRequest("", "http://127.0.0.1:1/"),
        CurlRequest("G T", "http://127.0.0.1:1/"), CurlRequest("http://127.0.0.1:1/a b"),
        CurlRequest("http://127.0.0.1:1/\r\nX: y"), CurlRequest("http://127.0.0.1:1/é"),
        CurlRequest("http://127.0.0.1:1/\u{0}"), CurlRequest("file:///etc/passwd"),
        ask("ftp://127.0.0.1/"), ask("gopher://127.0.0.1/"),
        CurlRequest("127.0.0.1:1"), CurlRequest(""),
        CurlRequest("http://" + String(repeating: "a", count: 9000)), CurlRequest("http://[::1"),
        CurlRequest("http://:99999/"), CurlRequest("HTTP://127.0.0.1:1/"),
        CurlRequest("http://127.0.0.1:1/", headers: [HeaderField("X", "a\r\nY: b")]),
        CurlRequest("http://127.0.0.1:1/", headers: [HeaderField("X\n", "a")]),
        CurlRequest("http://127.0.0.1:1/", headers: [HeaderField("X:", "a")]),
        CurlRequest("http://127.0.0.1:1/", headers: [HeaderField("", "a")]),
        CurlRequest("http://127.0.0.1:1/", headers: [HeaderField("X", "a\u{0}")]),
        CurlRequest("http://127.0.0.1:1/", headers: [HeaderField("X Y", "a")]),
    ])
    func hostileRequests(_ request: CurlRequest) async throws {
        try await withClient { client async throws in
            let error = await client.failure(request)
            #expect(error?.kind == .invalidRequest)
            #expect(error?.mayHaveBeenSent == false)
        }
    }

    @Test("a server whose certificate nobody vouches for is refused, one of a trusted authority is not")
    func certificates() async throws {
        let server = try await WebServer(tls: true)
        let url = "https://127.0.0.1:\(server.port)/echo"
        try await withClient { client async throws in
            let error = await client.failure(ask(url))
            #expect(error?.kind == .tls)
        }
        var trusting = patient
        trusting.certificateAuthorities = server.certificate
        try await withClient(trusting) { client async throws in
            #expect(try await client.send(ask(url)).status == 200)
            let error = await client.failure(ask(url.replacing("127.0.0.1", with: "localhost")))
            #expect(error?.kind == .tls)   // it vouches for another name
        }
    }
}
