@testable import JOSE
import JSON
import Testing

@Suite struct KeySetTests {
    @Test("a set written and read again verifies what its keys sign, and shows nothing private")
    func published() throws {
        let keys = try (0..<3).map { _ in try SigningKey.generate() }
        let text = KeySet(keys.map(\.publicKey)).json
        let json = try JSONValue.parse(text)
        for entry in try #require(json["keys"]?.arrayValue) {
            #expect(entry.objectValue?.members.map(\.name) == ["kty", "crv", "x", "y", "kid", "use", "alg"])
        }
        let read = try KeySet(jwks: text.array)
        #expect(read.keys.map(\.kid) == keys.map(\.kid))
        for key in keys { #expect(try read.verify(try key.sign([7], typ: "t"), typ: "t").kid == key.kid) }
    }

    @Test("through a rotation the old key verifies until it is taken out")
    func rotation() throws {
        let old = try SigningKey.generate(), new = try SigningKey.generate()
        let token = try old.sign([1], typ: "t")
        #expect(throws: Never.self) { try KeySet([new.publicKey, old.publicKey]).verify(token, typ: "t") }
        #expect(throws: TokenRefusal.unknownKey) { try KeySet([new.publicKey]).verify(token, typ: "t") }
    }

    @Test("an empty set verifies nothing")
    func empty() throws {
        let key = try SigningKey.generate()
        let keys = try KeySet(jwks: Array(#"{"keys":[]}"#.utf8))
        #expect(throws: TokenRefusal.unknownKey) { try keys.verify(try key.sign([1], typ: "t"), typ: "t") }
    }

    @Test("keys of other kinds are passed over")
    func otherKinds() throws {
        let set = #"""
            {"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"r"},{"kty":"oct","k":"AQAB","kid":"o"},{"kty":"EC","crv":"P-384","x":"a","y":"b"},
            {"kty":"OKP","crv":"Ed25519","x":"a"},{"kty":"EC","crv":"P-256","x":"a","y":"b","use":"enc"},
            {"kty":"EC","crv":"P-256","x":"a","y":"b","alg":"ECDH-ES"},THEIRS]}
            """#
        #expect(try KeySet(jwks: Array(set.replacing("THEIRS", with: ForgedToken.theirs).utf8)).keys.map(\.kid) == [ForgedToken.otherKid])
    }

    @Test("a set that is none, has a bad key, a private key, one name twice or too many keys is refused", arguments: [
        "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":["x"]}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[THEIRS,THEIRS]}"#,
        #"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, #"{"keys":[{"kty":"EC","crv":"P-256"}]}"#,
        #"{"keys":[{"kty":"oct","d":"AA"}]}"#, #"{"keys":[OFFCURVE]}"#, #"{"keys":[MANY]}"#, #"{"keys":[LONGKID]}"#,
    ])
    func badSets(text: String) {
        let zero = String(repeating: "A", count: 43)
        let set = text.replacing("THEIRS", with: ForgedToken.theirs)
            .replacing("OFFCURVE", with: #"{"kty":"EC","crv":"P-256","x":"\#(zero)","y":"\#(zero)"}"#)
            .replacing("LONGKID", with: ForgedToken.theirs.replacing("}", with: #","kid":"\#(String(repeating: "k", count: 200))"}"#))
            .replacing("MANY", with: Array(repeating: #"{"kty":"RSA"}"#, count: 65).joined(separator: ","))
        #expect(throws: JOSEError.self) { try KeySet(jwks: Array(set.utf8)) }
    }

    @Test("a fingerprint tells tokens apart and is the same for the same token")
    func fingerprints() {
        #expect(TokenFingerprint(of: "a.b.c") == TokenFingerprint(of: "a.b.c"))
        #expect(Set((0..<1000).map { TokenFingerprint(of: "a.b.\($0)") }).count == 1000)
    }
}
