import JSON
@testable import OpenSSL
import Testing

/// A key, a nonce, what is authenticated, a plaintext, and the ciphertext with its tag; all in hexadecimal.
struct GCMVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let key: [UInt8], nonce: [UInt8], authenticated: [UInt8], plaintext: [UInt8], sealed: [UInt8]

    init(_ name: String, _ hex: String...) {
        testDescription = name
        let parts = hex.map { Hex.decode($0) ?? [] }
        (key, nonce, authenticated, plaintext, sealed) = (parts[0], parts[1], parts[2], parts[3], parts[4])
    }

    private static let longKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    private static let text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    private static let sealedText = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

    static let all = [
        // The cases 13 to 16 of the paper that NIST SP 800-38D names.
        GCMVector("NIST 13: nothing", String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        GCMVector("NIST 14: a block", String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", String(repeating: "0", count: 32),
                  "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        GCMVector("NIST 15: four blocks", longKey, "cafebabefacedbaddecaf888", "", text + "1aafd255",
                  sealedText + "898015ad" + "b094dac5d93471bdec1a502270e3cc6c"),
        GCMVector("NIST 16: with authenticated bytes", longKey, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", text,
                  sealedText + "76fc6ece0f4e1768cddf8853bb2d551b"),
        // Lengths around a block, sealed by Python's `cryptography`.
        GCMVector("1 byte", "6ab9f1eb8f7d3388f4f9d586f66e99fd54080df2c446f0e58668b09c08a16dd0", "676b8bb84ce7267dd520deca", "", "01",
                  "2522efddd86f33c7235a0bb3cb82ddb29d"),
        GCMVector("15 bytes, 3 authenticated", "5bd4ca497530b4b3490e350f3590bba9fe216128b35a578f459fc9ab8745ae88", "bb0ec63bac973cad2d8735a0", "030609",
                  "0f161d242b323940474e555c636a71", "0778fddaae9e09d2fe98ed94b0eac40bb2b469b3a18e6c9cc7a942ae30d349"),
        GCMVector("17 bytes, 16 authenticated", "6c47c1de66e7e5ebd7b1fe0746ea1a360bcf043929829fb18cbd7a07c25d7639", "45415bc117ae92dd968f64dd",
                  "101316191c1f2225282b2e3134373a3d", "11181f262d343b424950575e656c737a81",
                  "feda051d912db449b76c3527c096fb4a5b5aff4e8f55913efe70f6f68f1795227a"),
        GCMVector("64 bytes, 65 authenticated", "6fc10b7e5ca73348f06f158655109b55f617370d81f73662d8131a04f3a07484", "2616f2173c5b9cb5292a1676",
                  "4144474a4d505356595c5f6265686b6e7174777a7d808386898c8f9295989b9ea1a4a7aaadb0b3b6b9bcbfc2c5c8cbced1d4d7dadde0e3e6e9eceff2f5f8fbfe01",
                  "40474e555c636a71787f868d949ba2a9b0b7bec5ccd3dae1e8eff6fd040b121920272e353c434a51585f666d747b828990979ea5acb3bac1c8cfd6dde4ebf2f9",
                  "e4eb43ff6c3f538a5562aaad3c156a0c71daa3b719adee2f18317c43b9a8dae41b288013de4a17c27618df1ff726a9032d642b1ce0fc12d658833398c0c955d"
                      + "3881ae68b2f6cff5ae63f83b1bc60c412"),
    ]
}

@Suite struct AES256GCMTests {
    private func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticating: [UInt8], into output: inout [UInt8]
    ) -> Bool {
        sealed.withUnsafeBytes { sealed in
            authenticating.withUnsafeBytes { authenticated in
                output.withUnsafeMutableBytes { output in
                    AES256GCM.open(sealed, key: SecretKey(key), nonce: nonce, authenticating: authenticated, to: output)
                }
            }
        }
    }

    private func seal(_ vector: GCMVector) -> [UInt8] {
        vector.plaintext.withUnsafeBytes { plaintext in
            vector.authenticated.withUnsafeBytes {
                AES256GCM.seal(plaintext, key: SecretKey(vector.key), nonce: vector.nonce, authenticating: $0)
            }
        }
    }

    @Test("known messages are sealed and opened as published", arguments: GCMVector.all)
    func known(_ vector: GCMVector) {
        #expect(Hex.encode(seal(vector)) == Hex.encode(vector.sealed))
        var opened = [UInt8](repeating: 0xEE, count: vector.plaintext.count)
        #expect(open(vector.sealed, key: vector.key, nonce: vector.nonce, authenticating: vector.authenticated, into: &opened))
        #expect(opened == vector.plaintext)
    }

    @Test("a message with any bit changed is not opened and leaves nothing behind", arguments: GCMVector.all)
    func tampered(_ vector: GCMVector) {
        func refuses(_ what: String, sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticated: [UInt8]) {
            var output = [UInt8](repeating: 0xEE, count: sealed.count - AES256GCM.tagBytes)
            #expect(!open(sealed, key: key, nonce: nonce, authenticating: authenticated, into: &output), "\(what)")
            #expect(output.allSatisfy { $0 == 0 }, "\(what): plaintext is left")
        }
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        let (sealed, key, nonce, authenticated) = (vector.sealed, vector.key, vector.nonce, vector.authenticated)
        for bit in 0..<sealed.count * 8 {
            refuses("bit \(bit) of the message", sealed: flipped(sealed, bit), key: key, nonce: nonce, authenticated: authenticated)
        }
        for bit in 0..<nonce.count * 8 { refuses("bit \(bit) of the nonce", sealed: sealed, key: key, nonce: flipped(nonce, bit), authenticated: authenticated) }
        for bit in 0..<key.count * 8 { refuses("bit \(bit) of the key", sealed: sealed, key: flipped(key, bit), nonce: nonce, authenticated: authenticated) }
        for bit in 0..<authenticated.count * 8 {
            refuses("bit \(bit) of what is authenticated", sealed: sealed, key: key, nonce: nonce, authenticated: flipped(authenticated, bit))
        }
        refuses("a byte more authenticated", sealed: sealed, key: key, nonce: nonce, authenticated: authenticated + [0])
        if sealed.count > AES256GCM.tagBytes { refuses("cut by a byte", sealed: sealed.dropLast(), key: key, nonce: nonce, authenticated: authenticated) }
        refuses("longer by a byte", sealed: sealed + [0], key: key, nonce: nonce, authenticated: authenticated)
    }

    @Test("what is shorter than a tag is no message")
    func short() {
        var output: [UInt8] = []
        for count in 0..<AES256GCM.tagBytes {
            #expect(!open([UInt8](repeating: 0, count: count), key: [UInt8](repeating: 0, count: 32), nonce: [UInt8](repeating: 0, count: 12),
                          authenticating: [], into: &output))
        }
    }
}
