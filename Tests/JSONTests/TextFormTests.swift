import JSON
import Testing

@Suite struct TextFormTests {
    @Test("base64url gives RFC 4648's text, without padding", arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func knownBase64URL(plain: String, text: String) {
        #expect(Base64.url.encode(plain.utf8) == text)
        #expect(Base64.url.decode(text) == Array(plain.utf8))
    }

    @Test("every value comes back from base64url and from hex, at every length")
    func roundTrips() {
        for count in 0..<300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
        #expect(Base64.url.encode([0xff, 0xef, 0xbe]) == "_---")
    }

    @Test("plain base64 is padded, and read with the padding or without", arguments: [
        ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"), ("foob", "Zm9vYg==", "Zm9vYg"),
    ])
    func plain(plain: String, padded: String, bare: String) {
        #expect(Base64.plain.encode(plain.utf8) == padded)
        #expect(Base64.plain.decode(padded) == Array(plain.utf8))
        #expect(Base64.plain.decode(bare) == Array(plain.utf8))
        #expect(Base64.plain.encode([0xff, 0xef, 0xbe]) == "/+++")
    }

    @Test("plain base64 with wrong padding or the other alphabet is refused", arguments: ["=", "==", "====", "Zg=", "Zg===", "Zm9v=", "Zm=v", "A===", "Zm9v====", "_-__"])
    func badPlain(text: String) { #expect(Base64.plain.decode(text) == nil) }

    @Test("base64url with padding, white space, another alphabet, a bad length or left-over bits is refused", arguments: [
        "Zg==", "Z g", "Zm9v\n", "_-+-", "//8", "Z", "Zm9vY", "Zh", "Zm9", "Zm9vé",
    ])
    func badBase64URL(text: String) {
        #expect(Base64.url.decode(text) == nil)
    }

    @Test("hex reads both cases and refuses anything else", arguments: [("00ff", [0, 255]), ("DeAd", [0xde, 0xad]), ("", [])] as [(String, [UInt8])])
    func hex(text: String, bytes: [UInt8]) {
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text + "0") == nil)
        #expect(Hex.decode(text + "0g") == nil)
        #expect(Hex.decode(text + " 0") == nil)
    }
}
