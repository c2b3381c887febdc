import JSON
import OpenSSL
import Testing

@Suite struct KeyRingTests {
    private static let line = Base64.url.encode([UInt8](repeating: 7, count: 32))

    @Test("a key file is read: the first line seals, all of them open")
    func file() throws {
        let context = EnvelopeContext("t")
        let old = try KeyRing(keyFile: "k1 \(Self.line)\n")
        let new = try KeyRing(keyFile: "k2 \(Base64.url.encode(Random.bytes(32)))\n\nk1 \(Self.line)")
        #expect(old.currentID == "k1" && new.currentID == "k2")
        #expect(try new.open(old.seal([5], for: context), for: context) == [5])
    }

    @Test("keys that are no ring are refused, and the error says why", arguments: [
        ("", KeyRingError.empty), ("\n\n", .empty), ("k1", .malformedLine(1)), ("k1 \(line)\nk2", .malformedLine(2)),
        ("k1  \(line)", .malformedLine(1)), ("k1 \(line) x", .malformedLine(1)), ("k1 \(line)=", .malformedLine(1)),
        (" \(line)", .malformedID), ("k.1 \(line)", .malformedID), ("ä \(line)", .malformedID),
        (String(repeating: "k", count: 33) + " \(line)", .malformedID), ("k1 AAAA", .keyLength(id: "k1", bytes: 3)),
        ("k1 \(line)\nk1 \(line)", .idTwice),
    ])
    func refused(file: String, error: KeyRingError) {
        #expect(throws: error) { try KeyRing(keyFile: file) }
    }

    @Test("a key shows how long it is, and nothing of itself")
    func description() {
        let key = SecretKey(Array("correct horse battery staple 32b".utf8))
        #expect("\(key)" == "a secret key of 32 bytes")
        #expect(String(reflecting: key) == "a secret key of 32 bytes")
    }

    @Test("random keys are as long as asked for and differ")
    func random() {
        let keys = (0..<100).map { _ in SecretKey.random(byteCount: 32).withBytes { Array($0) } }
        #expect(Set(keys).count == 100 && keys.allSatisfy { $0.count == 32 })
    }
}
