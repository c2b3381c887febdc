@testable import JOSE
import JSON
import Testing

@Suite struct SigningKeyTests {
    @Test("what a new key signs its set verifies, byte for byte")
    func roundTrip() throws {
        let key = try SigningKey.generate()
        let claims = Array(#"{"sub":"Zoë","exp":1}"#.utf8)
        let verified = try KeySet([key.publicKey]).verify(try key.sign(claims, typ: "at+jwt"), typ: "at+jwt")
        #expect(verified == VerifiedToken(payload: claims, kid: key.kid))
    }

    @Test("the header says ES256, the key and the purpose, and nothing else")
    func header() throws {
        let key = try SigningKey.generate()
        let token = try key.sign([1], typ: "svc+jwt")
        let first = try #require(token.split(separator: ".").first)
        let header = try #require(Base64.url.decode(first))
        #expect(try JSONValue.parse(header) == ["alg": "ES256", "kid": .string(key.kid), "typ": "svc+jwt"])
    }

    @Test("a key written and read again is the same key")
    func reload() throws {
        let key = try SigningKey.generate()
        let again = try SigningKey.load(try key.privateJWK())
        #expect(again.kid == key.kid)
        _ = try KeySet([key.publicKey]).verify(try again.sign([1], typ: "t"), typ: "t")
    }

    @Test("coordinates keep their leading zeros: every new key can be written and read")
    func manyKeys() throws {
        for _ in 0..<300 {   // a zero first byte in x, y or d comes in one key of 85
            let key = try SigningKey.generate()
            let jwk = try JSONValue.parse(try key.privateJWK())
            for name in ["x", "y", "d"] { #expect(jwk[name]?.stringValue?.utf8.count == 43) }
            #expect(throws: Never.self) { try SigningKey.load(try key.privateJWK()) }
        }
    }

    @Test("kid is the RFC 7638 thumbprint, as another implementation computes it")
    func thumbprint() throws {
        #expect(try SigningKey.load(Array(ForgedToken.ours.utf8)).kid == ForgedToken.kid)
        #expect(try PublicKey(try JSONValue.parse(Array(ForgedToken.theirs.utf8))).kid == ForgedToken.otherKid)
    }

    @Test("a key file that is broken, of another kind or of parts that do not belong together is refused", arguments: [
        { _ in "" }, { _ in "[]" }, { _ in "{}" }, { $0.replacing("EC", with: "RSA") }, { $0.replacing("P-256", with: "P-384") },
        { $0.replacing(#""d":"H"#, with: #""d":"I"#) }, { $0.replacing(#""x":"F"#, with: #""x":"G"#) }, { $0.replacing(#""d""#, with: #""e""#) },
        { $0.replacing("TF0\"", with: "TF0=\"") }, { $0.replacing("TF0\"", with: "TF\"") }, { $0.replacing("}", with: #","kid":"mine"}"#) },
        { $0.replacing("HJqz9OLXBWuKk8HS5PWmt8jZ4PGis8TV5vcIGSo7TF0", with: String(repeating: "A", count: 43)) },
        { $0.replacing("HJqz9OLXBWuKk8HS5PWmt8jZ4PGis8TV5vcIGSo7TF0", with: String(repeating: "_", count: 42) + "8") },
    ] as [@Sendable (String) -> String])
    func badKeys(change: @Sendable (String) -> String) {
        let error = #expect(throws: JOSEError.self) { try SigningKey.load(Array(change(ForgedToken.ours).utf8)) }
        #expect(error?.kind == .malformedKey)
        #expect(error?.detail.contains("HJqz") == false)
    }

    @Test("one key signs and verifies for many tasks at once")
    func concurrent() async throws {
        let key = try SigningKey.generate()
        let keys = KeySet([key.publicKey])
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let claims = Array("\(number)".utf8)
                    return try keys.verify(try key.sign(claims, typ: "t"), typ: "t").payload == claims
                }
            }
            for try await right in group { #expect(right) }
        }
    }
}
