import HTTP
import Testing

/// Requests that two servers in a row could read differently, and other bad heads, over real sockets.
@Suite("Ambiguous requests")
struct AmbiguousRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var statuses: Set<Int> = []
        /// False where libmicrohttpd closes without a word.
        var isAnswered = true
        var testDescription: String { name }
    }

    static let next = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n"

    static func routes(_ router: inout Router) {
        router.on("GET", "/plain") { _ in .text("hello") }
        router.on("POST", "/body") { request in
            guard let body = try? await request.body(upTo: 1000) else { return Response(status: 400) }
            return .text("\(body.count)")
        }
    }

    private static func post(_ name: String, _ headers: String, _ body: String = "") -> Case {
        Case(name: name, bytes: Array("POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(headers)\r\n\(body)".utf8))
    }
    private static func get(
        _ name: String, _ headers: String = "", path: String = "/plain", version: String = "HTTP/1.1", host: String = "Host: a\r\n",
        method: String = "GET", statuses: Set<Int> = []
    ) -> Case {
        Case(name: name, bytes: Array("\(method) \(path) \(version)\r\n\(host)\(headers)\r\n".utf8), statuses: statuses)
    }
    private static let chunked = "Transfer-Encoding: chunked\r\n"

    static let refused: [Case] = [
        post("Content-Length and Transfer-Encoding", "Content-Length: 4\r\n\(chunked)", "0\r\n\r\n\(next)"),
        post("Transfer-Encoding and Content-Length", "\(chunked)Content-Length: 4\r\n", "0\r\n\r\n\(next)"),
        post("two Content-Lengths", "Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"),
        post("the same Content-Length twice", "Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
        post("a list of Content-Lengths", "Content-Length: 2, 3\r\n", "{}x"),
        post("Content-Length +2", "Content-Length: +2\r\n", "{}"),
        post("Content-Length -2", "Content-Length: -2\r\n", "{}"),
        post("Content-Length 0x2", "Content-Length: 0x2\r\n", "{}"),
        post("Content-Length of 23 digits", "Content-Length: 99999999999999999999999\r\n", "{}"),
        post("Content-Length empty", "Content-Length:\r\n"),
        post("Transfer-Encoding xchunked", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding chunked, identity", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        post("two Transfer-Encodings", "\(chunked)Transfer-Encoding: identity\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding after a vertical tab", "Transfer-Encoding:\u{0B}chunked\r\n", "0\r\n\r\n"),
        post("space before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        Case(name: "Transfer-Encoding in HTTP/1.0", bytes: Array("POST /body HTTP/1.0\r\nHost: a\r\n\(chunked)\r\n0\r\n\r\n".utf8)),
        get("header name with a control byte", "X\u{01}Y: 1\r\n"),
        get("header without a colon", "nocolon\r\n"),
        get("bare CR in a value", "X: a\rb\r\n"),
        get("no Host", host: ""),
        get("two Hosts", "Host: b\r\n"),
        get("Host with a path in it", host: "Host: a/b\r\n"),
        get("Host with a user in it", host: "Host: u@a\r\n"),
        get("HTTP/2.0 in the request line", version: "HTTP/2.0"),
        Case(name: "space in the target", bytes: Array("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n".utf8), isAnswered: false),
        get("two spaces before the target", path: " /plain"),
        get("NUL in the target", path: "/plain\0x"),
        get("NUL in the method", method: "GET\0X"),
        get("fragment in the target", path: "/plain#x"),
        get("target that is no path", path: "plain"),
        Case(name: "bytes past ASCII in the target", bytes: Array("GET /plain".utf8) + [0xC3, 0xA4] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        post("chunk size over 64 bits", chunked, "fffffffffffffffff1\r\n{}\r\n0\r\n\r\n"),
        post("chunk without its line end", chunked, "2\r\n{}X\r\n0\r\n\r\n"),
        get("head of 200 KB", "X: \(String(repeating: "a", count: 200_000))\r\n"),
        get("target of 200 KB", path: "/\(String(repeating: "a", count: 200_000))"),
        get("10,000 headers", (0..<10_000).map { "h\($0): v\r\n" }.joined()),
    ]

    @Test("nothing after it is read as a request: refused and closed", arguments: refused)
    func refuses(_ one: Case) async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            _ = await client.send(one.bytes)
            #expect(await client.untilClosed(), "left open")
            let statuses = client.answers.map(\.status)
            #expect(statuses.count == (one.isAnswered ? 1 : 0) && statuses.allSatisfy { [400, 413, 414, 431, 501, 505].contains($0) }, "\(statuses)")
        }
    }

    static let answered: [Case] = [
        get("plain", statuses: [200]),
        post("chunked body", chunked, "2\r\n{}\r\n0\r\n\r\n"),
        post("chunk extension", chunked, "2;a=b\r\n{}\r\n0\r\n\r\n"),
        post("trailer fields", chunked, "2\r\n{}\r\n0\r\nX: y\r\n\r\n"),
        get("absolute-form target", path: "http://a/plain", statuses: [200]),
        get("%00 in the path", path: "/plain%00x", statuses: [400, 404]),
        get("broken escape in the path", path: "/plain/%zz", statuses: [400, 404]),
        get("not UTF-8 in the path", path: "/plain/%ff%fe", statuses: [400, 404]),
        get("dot segments", path: "/plain/%2e%2e/%2e%2e/etc/passwd", statuses: [400, 404]),
        get("encoded slash", path: "/plain%2Fx", statuses: [400, 404]),
        get("empty segments", path: "//plain", statuses: [404]),
        get("TRACE", method: "TRACE", statuses: [405]),
        get("unknown method", method: "FROB", statuses: [405]),
        get("lower-case method", method: "get", statuses: [405]),
    ]

    @Test("what is merely unusual is answered, and the connection stays usable", arguments: answered)
    func answers(_ one: Case) async throws {
        try await RunningServer.with(routes: Self.routes) { server in
            let client = try server.client()
            _ = await client.send(one.bytes)
            await client.send(Self.next)
            let answers = await client.answers(2)
            try #require(answers.count == 2)
            #expect(one.statuses.isEmpty ? answers[0].status == 200 : one.statuses.contains(answers[0].status), "\(answers[0].status)")
            #expect(answers[1].text == "hello")
        }
    }
}
