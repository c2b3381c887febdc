@testable import HTTP
import Loop
import Testing

@Suite("Messages")
struct MessageTests {
    @Test("targets are taken apart and not decoded", arguments: [
        ("/", "/", nil), ("/a%20b?x=1?y", "/a%20b", "x=1?y"), ("/?", "/", ""),
        ("http://h/p?q", "/p", "q"), ("HTTPS://h:1/", "/", nil), ("http://h", "/", nil), ("*", "*", nil),
    ] as [(String, String, String?)])
    func targets(text: String, path: String, query: String?) {
        let target = RequestTarget(text.utf8)
        #expect(target?.path == path && target?.query == query)
    }

    @Test("targets that are none are refused", arguments: [
        "", "a", "?x", "/a b", "/a#b", "/a\u{7f}", "/ä", "http://", "http:///p", "ftp://h/p", "//h\\p ", "**",
    ])
    func noTargets(text: String) {
        #expect(RequestTarget(text.utf8) == nil)
    }

    @Test("query items keep their order, are decoded, and are nil when malformed")
    func queries() throws {
        let items = try #require(RequestTarget.items(of: "a=1&b=x+y%2B&a=&c&=d&&%C3%A4=%26"))
        #expect(items.map(\.name) == ["a", "b", "a", "c", "", "ä"])
        #expect(items.map(\.value) == ["1", "x y+", "", "", "d", "&"])
        for broken in ["a=%", "a=%zz", "%ff=1", "a=%00"] { #expect(RequestTarget.items(of: broken) == nil) }
    }

    @Test("percent decoding of any bytes ends, and gives valid text or none")
    func anything() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("%%%%0123456789abcdefABCDEFgz/.+\u{0}\u{7f}".utf8) + [0x80, 0xC3, 0xA4, 0xFF]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
            if let text = percentDecoded(bytes) {
                #expect(!text.utf8.contains(0) && text.utf8.count <= bytes.count)
            }
            _ = RequestTarget(bytes)
        }
    }

    private func head(_ fields: [(String, String)], version: String = "HTTP/1.1") -> RequestHead {
        var head = RequestHead()
        for (name, value) in fields {
            Array(name.utf8).withUnsafeBytes { name in Array(value.utf8).withUnsafeBytes { value in head.add(name, value) } }
        }
        head.finish(version: version)
        return head
    }

    @Test("fields are found in any case, first and all of them")
    func fields() {
        let head = head([("Host", "a"), ("Accept", "x"), ("ACCEPT", "y"), ("accept-language", "de")])
        #expect(head.isSound && head.first("accept") == "x" && head.first("Accept") == "x" && head.values("accept") == ["x", "y"])
        #expect(head.first("acceptx") == nil && head.values("x").isEmpty)
        #expect(head.all.map(\.name) == ["Host", "Accept", "ACCEPT", "accept-language"])
        #expect(head.all.map(\.value) == ["a", "x", "y", "de"])
    }

    @Test("framing is read from the head")
    func framing() {
        #expect(!head([("Host", "a")]).hasBody)
        #expect(!head([("Host", "a"), ("Content-Length", "0")]).hasBody)
        let length = head([("Host", "a"), ("Content-Length", "007")])
        #expect(length.hasBody && length.contentLength == 7 && !length.isChunked)
        let chunked = head([("Host", "a"), ("Transfer-Encoding", "Chunked"), ("Expect", "100-Continue")])
        #expect(chunked.hasBody && chunked.isChunked && chunked.contentLength == nil && chunked.expectsContinue && chunked.isSound)
    }

    @Test("a request that came over no connection is read like any other")
    func given() async throws {
        let loops = LoopGroup(count: 1, name: "given")
        try await loops.run {
            let loop = Loop.current!
            let request = try #require(Request("POST", "/a?b=c", headers: [("X-Y", "z")], body: [1, 2, 3], on: loop))
            #expect(request.path == "/a" && request.query("b") == "c" && request.header("x-y") == "z")
            #expect(try await request.body(upTo: 3) == [1, 2, 3])
            let long = try #require(Request("POST", "/a", body: [1, 2, 3], on: loop))
            await #expect(throws: BodyError.tooLarge(limit: 2)) { try await long.body(upTo: 2) }
            #expect(Request("GET", "no path", on: loop) == nil)
        }
        await loops.shutdown()
    }

    @Test("a header that is set takes the place of those of its name")
    func responseHeaders() {
        var response = Response(headers: [("a", "1"), ("b", "2"), ("a", "3")])
        #expect(response.header("a") == "1" && response.header("c") == nil)
        response.set("a", "4")
        #expect(response.headers.map(\.value) == ["2", "4"])
    }

    @Test("an answer past the library has its length, its end, and no line that the handler smuggles in")
    func rawAnswers() throws {
        let bytes = try #require(RawAnswer.bytes(.text("no", status: 413)))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 413 ") && text.hasSuffix("content-length: 2\r\ncontent-type: text/plain\r\n\r\nno"))
        #expect(text.firstMatch(of: /date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n/) != nil)
        #expect(RawAnswer.bytes(Response(status: 413, headers: [("x", "a\r\nb: c")])) == nil)
        #expect(RawAnswer.bytes(Response(body: .stream(length: nil) { nil })) == nil)
    }
}
