import JSON
import Testing

@testable import Curl

@Suite struct SigningTests {
    private let signing = AWSSigning(region: "eu-central-1", accessKey: "AKEXAMPLE", secretKey: "not for logs")

    @Test("a query is put into the order in which it is signed", arguments: [
        ("b=2&a=1", "a=1&b=2"), ("uploads", "uploads="), ("a=2&a=1&a", "a=&a=1&a=2"), ("prefix=a%2F&list-type=2", "list-type=2&prefix=a%2F"),
        ("a=b=c&A=1", "A=1&a=b=c"), ("&&x=1&", "x=1"), ("a-b=1&a=2&a.b=3", "a=2&a-b=1&a.b=3"),
    ])
    func query(given: String, expected: String) {
        #expect(AWSSigning.canonical(query: given[...]) == expected)
    }

    @Test("the head carries a signature with the region, and nothing that could be the secret")
    func head() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            var request = ask(server.url("/echo/x?b=2&a"))
            request.signing = AWSSigning(region: "eu-central-1", accessKey: "AKEXAMPLE", secretKey: "secretsecret")
            #expect(await client.failure(request)?.kind == .invalidRequest)   // it does not say what its body is
            request.headers = [HeaderField("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")]
            let told = try await client.json(request)
            #expect(told["path"] == "/echo/x?a=&b=2")
            let fields = try #require(told["fields"]?.arrayValue)
            let signature = try #require(fields.first { $0[0] == "authorization" }?[1]?.stringValue)
            #expect(signature.hasPrefix("AWS4-HMAC-SHA256 Credential=AKEXAMPLE/"))
            #expect(signature.contains("/eu-central-1/s3/aws4_request"))
            #expect(signature.contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date"))
            #expect(!fields.contains { $0[1]?.stringValue?.contains("secretsecret") == true })
        }
    }

    @Test("a key does not show its secret", arguments: [true, false])
    func secret(dumped: Bool) {
        var text = "\(signing)"
        if dumped {
            text = ""
            dump(signing, to: &text)
        }
        #expect(text.contains("AKEXAMPLE") && !text.contains("not for logs"))
    }
}
