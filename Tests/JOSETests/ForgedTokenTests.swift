import JSON
@testable import JOSE
import Testing

/// RFC 8725's attacks, each a token that must not open anything.
@Suite struct ForgedTokenTests {
    private let keys: KeySet
    init() throws { keys = KeySet([try SigningKey.load(Array(ForgedToken.ours.utf8)).publicKey]) }

    @Test("a token signed by another implementation is accepted")
    func genuine() throws {
        let verified = try keys.verify(try ForgedToken.assemble(ForgedToken.header, ForgedToken.signature), typ: "at+jwt")
        #expect(verified.payload == Array(ForgedToken.payload.utf8))
        #expect(verified.kid == ForgedToken.kid)
    }

    @Test("a forged header is refused", arguments: ForgedToken.headerCases)
    func header(_ forged: ForgedToken) throws {
        #expect(throws: forged.refusal) { try keys.verify(try forged.token, typ: "at+jwt") }
    }

    @Test("a token that picks its own key is refused", arguments: ForgedToken.keyCases)
    func key(_ forged: ForgedToken) throws {
        #expect(throws: forged.refusal) { try keys.verify(try forged.token, typ: "at+jwt") }
    }

    @Test("a signature that is not ours is refused", arguments: ForgedToken.signatureCases)
    func signature(_ forged: ForgedToken) throws {
        #expect(throws: forged.refusal) { try keys.verify(try forged.token, typ: "at+jwt") }
    }

    @Test("an altered payload is refused")
    func altered() throws {
        let token = try ForgedToken.assemble(ForgedToken.header, ForgedToken.signature, payload: ForgedToken.payload.replacing("019a", with: "019b"))
        #expect(throws: TokenRefusal.signature) { try keys.verify(token, typ: "at+jwt") }
    }

    @Test("text that is no compact token is refused", arguments: [
        "", ".", "..", "...", "....", "a.b.c", "é.é.é", "\u{0}.\u{0}.\u{0}", "null", "{}", #"{"payload":"e30","signatures":[]}"#,
    ])
    func noToken(text: String) {
        #expect(throws: TokenRefusal.malformed) { try keys.verify(text, typ: "at+jwt") }
    }

    @Test("a good token with anything added, doubled or spelled otherwise is refused", arguments: [
        { " " + $0 }, { $0 + " " }, { $0 + "\n" }, { $0 + "=" }, { $0 + "==" }, { $0 + "." }, { "." + $0 },
        { $0 + "." + ForgedToken.signature },                 // two signatures
        { $0 + ".e30.e30" },                                  // five parts, as if encrypted
        { $0.replacing(".", with: ". ") }, { $0.replacing(".", with: ".\n") }, { $0.replacing(".", with: "=.") },
        { $0.replacing(".", with: "..") }, { String($0.reversed()) }, { $0.replacing("_", with: "/") }, { $0 + "\u{0}" },
        { String($0.dropLast()) + "x" },                      // left-over bits that are not zero
        { "Bearer " + $0 }, { "\u{FEFF}" + $0 },
    ] as [@Sendable (String) -> String])
    func respelled(change: @Sendable (String) -> String) throws {
        let token = change(try ForgedToken.assemble(ForgedToken.header, ForgedToken.signature))
        #expect(throws: TokenRefusal.malformed) { try keys.verify(token, typ: "at+jwt") }
    }

    @Test("a header that is not UTF-8, nested deep or huge is refused")
    func hostileHeaders() throws {
        let rest = "." + Base64.url.encode([1]) + "." + ForgedToken.signature
        for header in [[0xff, 0xfe], Array(repeating: UInt8(ascii: "["), count: 300), Array("{\"alg\":\"ES256\u{0}\"}".utf8)] {
            #expect(throws: TokenRefusal.malformed) { try keys.verify(Base64.url.encode(header) + rest, typ: "at+jwt") }
        }
        let long = ForgedToken.header.replacing("ES256", with: String(repeating: "A", count: 400))
        #expect(throws: TokenRefusal.malformed) { try keys.verify(Base64.url.encode(Array(long.utf8)) + rest, typ: "at+jwt") }
    }

    @Test("a token of a megabyte is refused for its size alone")
    func hugeToken() throws {
        let token = try ForgedToken.assemble(ForgedToken.header, ForgedToken.signature, payload: String(repeating: "x", count: 1 << 20))
        #expect(throws: TokenRefusal.tooLarge) { try keys.verify(token, typ: "at+jwt") }
    }

    @Test("whatever single byte of a good token is changed, it is refused and nothing crashes")
    func everyByte() throws {
        let good = Array(try ForgedToken.assemble(ForgedToken.header, ForgedToken.signature).utf8)
        for place in good.indices {
            for byte: UInt8 in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: "."), 0, 0xff] where byte != good[place] {
                var bytes = good
                bytes[place] = byte
                let refused = (try? keys.verify(String(decoding: bytes, as: UTF8.self), typ: "at+jwt")) == nil
                #expect(refused, "byte \(place) became \(byte)")
            }
        }
    }

    @Test("a token cut off anywhere is refused")
    func truncated() throws {
        let good = try ForgedToken.assemble(ForgedToken.header, ForgedToken.signature)
        for length in 0..<good.utf8.count {
            let refused = (try? keys.verify(String(good.prefix(length)), typ: "at+jwt")) == nil
            #expect(refused, "the first \(length) bytes were taken")
        }
    }
}
