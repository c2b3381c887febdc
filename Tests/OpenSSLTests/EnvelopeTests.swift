import JSON
@testable import OpenSSL
import Testing

@Suite struct EnvelopeTests {
    private let context = EnvelopeContext("users", "totp_secret", "019a")
    private let old = SecretKey.random(byteCount: 32), new = SecretKey.random(byteCount: 32)

    private func ring(_ keys: (String, SecretKey)...) throws -> KeyRing { try KeyRing(keys.map { (id: $0.0, key: $0.1) }) }

    @Test("what was sealed is opened again, whatever its length", arguments: [0, 1, 15, 16, 17, 1000, 1 << 20])
    func roundTrip(count: Int) throws {
        let ring = try ring(("a", old)), plaintext = Random.bytes(count)
        let envelope = ring.seal(plaintext, for: context)
        #expect(try ring.open(envelope, for: context) == plaintext)
        #expect(envelope.count == count + 107, "an id of one byte costs one more")
        if count >= 15 { #expect(envelope.firstRange(of: plaintext) == nil) }
    }

    @Test("an envelope made by another implementation from the written format is opened")
    func format() throws {
        let envelope = Hex.decode(
            "0107323032362d3131000102030405060708090a0b2367b07cad8ca870e12cf9e4c1980a1ef7a3f14388022507441a9bfa9de88231d9f92ea8504b5a88d99717"
                + "b81b6108f19b349d8cf37090d2637ca5c7c904a33632333435363738393a3b3c3dbfe1fdfa2feb99ff30c7846d0908909f24e62705a01e02")
        let ring = try ring(("2026-11", SecretKey(Array(0..<32))))
        #expect(try ring.open(try #require(envelope), for: context) == Array("Grüße".utf8))
    }

    @Test("two envelopes of one thing have nothing in common but their header")
    func fresh() throws {
        let ring = try ring(("a", old)), plaintext = Array("the same".utf8)
        let envelopes = (0..<200).map { _ in ring.seal(plaintext, for: context) }
        #expect(Set(envelopes.map { Array($0[3..<15]) }).count == 200, "nonces of the wrapped keys")
        #expect(Set(envelopes.map { Array($0[15..<47]) }).count == 200, "wrapped keys")
        #expect(Set(envelopes.map { Array($0.suffix(36).prefix(12)) }).count == 200, "nonces of the data")
    }

    @Test("after a rotation the new key seals and the old one still opens; rewrapped, the old one is not needed")
    func rotation() throws {
        let before = try ring(("old", old)), during = try ring(("new", new), ("old", old)), after = try ring(("new", new))
        let envelope = before.seal([1, 2, 3], for: context)
        #expect(try during.open(envelope, for: context) == [1, 2, 3])
        #expect(try KeyRing.keyID(of: during.seal([], for: context)) == "new")
        let rewrapped = try during.rewrap(envelope)
        #expect(try KeyRing.keyID(of: rewrapped) == "new")
        #expect(rewrapped.suffix(31) == envelope.suffix(31), "the data were sealed anew")
        #expect(try after.open(rewrapped, for: context) == [1, 2, 3])
        #expect(try during.rewrap(rewrapped) == rewrapped, "what is under the current key stays as it is")
        #expect(throws: EnvelopeError.otherContext) { try after.open(rewrapped, for: EnvelopeContext("users", "totp_secret", "019b")) }
    }

    @Test("a key that is not in the ring is named")
    func unknownKey() throws {
        let envelope = try ring(("old", old)).seal([1], for: context), other = try ring(("new", new))
        #expect(throws: EnvelopeError.unknownKey(id: "old")) { try other.open(envelope, for: context) }
        #expect(throws: EnvelopeError.unknownKey(id: "old")) { try other.rewrap(envelope) }
    }

    @Test("another key under the same id is told from damage to the data")
    func wrongKey() throws {
        let envelope = try ring(("a", old)).seal([1], for: context)
        #expect(throws: EnvelopeError.keyAltered(id: "a")) { try ring(("a", new)).open(envelope, for: context) }
    }

    @Test("an envelope that was moved to another row, column or table is told from a damaged one", arguments: [
        EnvelopeContext("users", "totp_secret", "019b"), EnvelopeContext("users", "phone", "019a"), EnvelopeContext("accounts", "totp_secret", "019a"),
        EnvelopeContext("users", "totp_secret"), EnvelopeContext("users", "totp_secret", "019a", ""), EnvelopeContext("userstotp_secret019a"),
        EnvelopeContext("users", "totp_secret019", "a"), EnvelopeContext(),
    ])
    func moved(to other: EnvelopeContext) throws {
        let ring = try ring(("a", old))
        let envelope = ring.seal([1], for: context)
        #expect(throws: EnvelopeError.otherContext) { try ring.open(envelope, for: other) }
    }

    @Test("the data of one envelope do not open with the data key of another, though both belong to the same place")
    func spliced() throws {
        let ring = try ring(("a", old))
        let one = ring.seal([1], for: context), two = ring.seal([2], for: context)
        #expect(throws: EnvelopeError.dataAltered) { try ring.open(one.dropLast(29) + two.suffix(29), for: context) }
    }

    @Test("the data stay bound to their place even if the wrapped key is made for another")
    func rewrappedForAnotherPlace() throws {
        let ring = try ring(("a", old)), other = EnvelopeContext("users", "totp_secret", "019b")
        let envelope = ring.seal([1], for: context)
        let (dataKey, _) = try #require(try EnvelopeKey(envelope).unwrap(envelope, under: old))
        let moved = EnvelopeKey.wrap(dataKey, mark: other.mark, id: "a", under: old) + envelope.suffix(29)
        #expect(throws: EnvelopeError.dataAltered) { try ring.open(moved, for: other) }
    }

    @Test("whatever bit of an envelope is changed, it is not opened, and the error says which part it was")
    func everyBit() throws {
        let ring = try ring(("ab", old), ("cd", new))
        let envelope = ring.seal([1, 2, 3], for: context)
        let dataBegin = envelope.count - 31
        for bit in 0..<envelope.count * 8 {
            var damaged = envelope
            damaged[bit / 8] ^= 1 << (bit % 8)
            do throws(EnvelopeError) {
                _ = try ring.open(damaged, for: context)
                Issue.record("bit \(bit) was not missed")
            } catch {
                switch (bit / 8, error) {
                case (0, .version), (1, .malformed), (1, .keyAltered), (1, .unknownKey), (2...3, .unknownKey), (2...3, .malformed): break
                case (4..<dataBegin, .keyAltered(id: "ab")), (dataBegin..., .dataAltered): break
                default: Issue.record("bit \(bit): \(error)")
                }
            }
        }
    }

    @Test("an envelope cut off anywhere is refused")
    func truncated() throws {
        let ring = try ring(("ab", old))
        let envelope = ring.seal([1, 2, 3], for: context)
        for count in 0..<envelope.count {
            #expect(throws: EnvelopeError.self, "\(count) bytes") { try ring.open(Array(envelope.prefix(count)), for: context) }
            #expect(throws: EnvelopeError.self, "\(count) bytes") { try ring.rewrap(Array(envelope.prefix(min(count, 107)))) }
        }
        #expect(throws: EnvelopeError.malformed) { try KeyRing.keyID(of: []) }
        #expect(throws: EnvelopeError.version(2)) { try KeyRing.keyID(of: [2]) }
    }
}
