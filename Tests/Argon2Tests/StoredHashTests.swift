@testable import Argon2
import Testing

@Suite struct StoredHashTests {
    private static let good = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0"

    @Test("a hash in PHC form is read")
    func reads() {
        let stored = StoredHash(Self.good)
        #expect(stored?.cost == .standard)
        #expect(stored?.salt == Array("0123456789abcdef".utf8))
        #expect(stored?.hash.count == 32)
        #expect(stored?.description == Self.good)
    }

    @Test("a hash that asks for too much, is spelled otherwise or is something else is refused", arguments: [
        ("m=19456", "m=4294967295"), ("m=19456", "m=65537"), ("m=19456", "m=7"), ("m=19456", "m=0"), ("m=19456", "m=019456"), ("m=19456", "m=-1"),
        ("m=19456", "m=99999999999999999999"), ("m=19456", "m="), ("m=19456", "m= 19456"), ("m=19456", "m=1e4"),
        ("t=2", "t=0"), ("t=2", "t=9"), ("t=2", "t=4294967297"), ("p=1", "p=0"), ("p=1", "p=5"), ("p=1", "p=255"), ("p=1", "p=1,data=AAAA"),
        ("m=19456,t=2", "t=2,m=19456"), ("argon2id", "argon2i"), ("argon2id", "argon2d"), ("argon2id", "scrypt"), ("argon2id", "argon2ID"),
        ("v=19", "v=16"), ("v=19$", ""), ("MDEy", "MD=y"), ("MDEyMzQ1Njc4OWFiY2RlZg", ""), ("MDEyMzQ1Njc4OWFiY2RlZg", "MDEy"),
        ("MDEyMzQ1Njc4OWFiY2RlZg", "MDEyMzQ1Njc4OWFiY2RlZgAAA"), ("gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0", "gy5S"),
        ("TsM0", "TsM0$"), ("TsM0", "TsM0\n"), ("TsM0", "TsM0\u{0}"), ("$argon2id", "argon2id"), ("$argon2id", " $argon2id"), ("sM0", "sM0é"),
    ])
    func refuses(part: String, replacement: String) {
        #expect(StoredHash(Self.good.replacing(part, with: replacement)) == nil)
    }

    @Test("endless text is refused")
    func endless() {
        #expect(StoredHash(Self.good + String(repeating: "A", count: 1 << 20)) == nil)
        #expect(StoredHash(String(repeating: "$", count: 250)) == nil)
        #expect(StoredHash("") == nil)
    }
}
