import JSON
import OpenSSL
import Testing

@Suite struct SecretTests {
    @Test("random bytes have the length asked for and do not repeat")
    func randomBytes() {
        let drawn = (0..<1000).map { _ in Random.bytes(16) }
        #expect(drawn.allSatisfy { $0.count == 16 })
        #expect(Set(drawn).count == 1000)
        #expect(Random.bytes(0).isEmpty)
    }

    @Test("random bytes use all values about equally often")
    func randomSpread() {
        var counts = [Int](repeating: 0, count: 256)
        for byte in Random.bytes(256 * 400) { counts[Int(byte)] += 1 }
        #expect(counts.allSatisfy { (250...550).contains($0) })
    }

    @Test("a token is 43 characters that fit a URL")
    func token() {
        let token = Random.token()
        #expect(token.utf8.count == 43)
        #expect(Base64.url.decode(token)?.count == 32)
    }

    @Test("comparison in constant time sees a difference at every place and in length")
    func comparison() {
        let secret = Random.bytes(32)
        #expect(constantTimeEquals(secret, secret))
        #expect(constantTimeEquals([], []))
        for place in secret.indices {
            var other = secret
            other[place] ^= 1
            #expect(!constantTimeEquals(secret, other))
        }
        #expect(!constantTimeEquals(secret, Array(secret.dropLast())))
    }
}
