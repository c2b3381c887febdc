import JSON
import Curl
import Testing
import TestKit

/// URLs that a user chose: nothing of ours is reached by them.
@Suite struct UntrustedTests {
    @Test("a URL that leads inside is refused however it is written", arguments: [
        "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0x7f.1/", "http://0x7f000001/", "http://2130706433/", "http://017700000001/",
        "http://0177.0.0.1/", "http://0/", "http://0.0.0.0/", "http://%31%32%37.0.0.1/", "http://127.0.0.1./", "http://localhost/", "http://LOCALHOST./",
        "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fe80::1]/",
        "http://[fe80::1%25lo]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://169.254.169.254/latest/meta-data/",
        "http://0xa9fea9fe/", "http://169.254.43518/", "http://100.100.100.200/", "http://168.63.129.16/", "http://192.0.0.192/", "http://10.0.0.1/",
        "http://172.31.255.255/", "http://192.168.1.1/", "http://255.255.255.255/", "http://224.0.0.1/", "https://127.0.0.1/",
    ])
    func inside(url: String) async throws {
        try await withClient { client async throws in
            let error = await client.failure(untrusted(url))
            // With a dot at its end it is a name, which some resolvers know and others do not.
            #expect(error?.kind == .forbidden || url.hasSuffix("./") && error?.kind == .connection, "\(String(describing: error))")
            #expect(error?.mayHaveBeenSent == false)
        }
    }

    @Test("a URL with a port, a scheme, a user or characters that no user's URL has is refused", arguments: [
        ("http://93.184.216.34:22/", CurlError.Kind.forbidden), ("http://93.184.216.34:8080/", .forbidden), ("http://93.184.216.34:0/", .forbidden),
        ("http://user@93.184.216.34/", .forbidden), ("http://user:password@93.184.216.34/", .forbidden), ("http://@93.184.216.34/", .forbidden),
        ("http://example.com@127.0.0.1/", .forbidden), ("http://127.0.0.1#@example.com/", .forbidden), ("http://127.0.0.1?@example.com/", .forbidden),
        ("http://127。0。0。1/", .invalidRequest), ("http://127．0．0．1/", .invalidRequest), ("http://①②⑦.0.0.1/", .invalidRequest),
        ("http://ⓛocalhost/", .invalidRequest), ("http://127.0.0.1\\@example.com/", .forbidden), ("http://127.0.0.1\t/", .invalidRequest),
        ("http:///", .invalidRequest), ("http:127.0.0.1", .invalidRequest), ("//127.0.0.1/", .invalidRequest), ("gopher://127.0.0.1/", .invalidRequest),
        ("file:///etc/passwd", .invalidRequest), ("dict://127.0.0.1:6379/", .invalidRequest), ("http://[::1/", .invalidRequest),
        ("http://127.0.0.1:80:80/", .invalidRequest), ("http://127.0.0.1:65616/", .invalidRequest),
    ])
    func malformed(url: String, kind: CurlError.Kind) async throws {
        try await withClient { client async throws in
            let error = await client.failure(untrusted(url))
            #expect(error?.kind == kind, "\(String(describing: error))")
        }
    }

    @Test("addresses of the public internet are public", arguments: [
        "93.184.216.34", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255", "192.0.1.1", "223.255.255.255",
        "2606:4700:4700::1111", "2a00:1450:4001:82b::200e", "2001:4860:4860::8888", "2003::1",
    ])
    func outside(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test("where a name leads is looked at when it is connected to, also over a connection that another request left")
    func keptConnection() async throws {
        let server = try await WebServer()
        try await withClient { client async throws in
            let url = "http://localhost:\(server.port)/echo"
            #expect(try await client.send(ask(url)).status == 200)
            let error = await client.failure(untrusted(url, ports: [Int(server.port)]))
            #expect(error?.kind == .forbidden && error?.mayHaveBeenSent == false)
            #expect(try await client.json(ask(server.url("/counts")))["requests"] == 2)
        }
    }

    @Test("an address of IPv6 is looked at whole before it is connected to")
    func longAddress() async throws {
        try await withClient { client async throws in
            let here = try #require(IPAddress("::1"))
            let error = await client.failure(untrusted("http://[::1]:1/", ports: [1], exceptions: [here]))
            #expect(error?.kind != .forbidden && error?.mayHaveBeenSent == false)
        }
    }

    @Test("an address that is excepted is reached, and a redirect from there is not followed")
    func exception() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let here = try #require(IPAddress("127.0.0.1"))
            let answer = try await client.send(untrusted(server.url("/redirect"), ports: [Int(server.port)], exceptions: [here]))
            #expect(answer.status == 302)
            let other = try #require(IPAddress("127.0.0.2"))
            #expect(await client.failure(untrusted(server.url("/echo"), ports: [Int(server.port)], exceptions: [other]))?.kind == .forbidden)
        }
    }
}

private func untrusted(_ url: String, ports: Set<Int> = [80, 443], exceptions: Set<IPAddress> = []) -> CurlRequest {
    var request = CurlRequest(url, timeoutMilliseconds: 30_000)
    request.trust = .untrusted(UntrustedRules(ports: ports, exceptions: exceptions))
    return request
}
