import JSON
import OpenSSL
import Testing

/// Known answers: FIPS 180-4's examples and RFC 4231's cases.
@Suite struct DigestTests {
    @Test("SHA-256 gives the published digests", arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ])
    func knownDigests(text: String, digest: String) {
        #expect(Hex.encode(SHA256.digest(text)) == digest)
        #expect(Hex.encode(SHA256.digest(Array(text.utf8))) == digest)
    }

    @Test("a digest fed in pieces is the digest of the whole")
    func pieces() {
        var hasher = SHA256.Hasher()
        for _ in 0..<1000 { hasher.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        hasher.update([])
        #expect(Hex.encode(hasher.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("a hasher that was fed nothing gives the digest of nothing")
    func nothing() {
        let hasher = SHA256.Hasher()
        #expect(hasher.finish() == SHA256.digest([]))
    }

    @Test("digests from many tasks at once are right")
    func concurrent() async {
        let expected = SHA256.digest("lyceum")
        let right = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { SHA256.digest("lyceum") == expected } }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(right)
    }

    @Test("HMAC-SHA256 gives RFC 4231's answers", arguments: [
        ([UInt8](repeating: 0x0b, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (Array("Jefe".utf8), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ([UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func knownMACs(key: [UInt8], text: String, mac: String) {
        #expect(Hex.encode(HMAC.sha256(text, key: key)) == mac)
    }
}
