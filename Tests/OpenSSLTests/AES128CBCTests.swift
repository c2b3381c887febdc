import JSON
import OpenSSL
import TestKit
import Testing

@Suite struct AES128CBCTests {
    private static let key: [UInt8] = Hex.decode("2b7e151628aed2a6abf7158809cf4f3c") ?? []
    private static let vector: [UInt8] = Array(0..<16)

    /// NIST SP 800-38A, F.2.1 and F.2.2; the last block is the padding that PKCS#7 asks for.
    private static let plaintext = Hex.decode(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710") ?? []
    private static let ciphertext = Hex.decode(
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"
            + "8cb82807230e1321d3fae00d18cc2012") ?? []

    @Test("NIST's message is encrypted and decrypted as published")
    func known() throws {
        let key = SecretKey(Self.key)
        #expect(Hex.encode(try AES128CBC.encrypt(Self.plaintext, key: key, vector: Self.vector)) == Hex.encode(Self.ciphertext))
        #expect(try AES128CBC.decrypt(Self.ciphertext, key: key, vector: Self.vector) == Self.plaintext)
    }

    @Test("pieces of any length give what the whole gives", arguments: [1, 7, 15, 16, 17, 33, 1000])
    func pieces(of size: Int) throws {
        let key = SecretKey.random(byteCount: 16), vector = Random.bytes(16), plaintext = Random.bytes(1003)
        var encryptor = try AES128CBC.Encryptor(key: key, vector: vector)
        var ciphertext: [UInt8] = []
        for start in stride(from: 0, to: plaintext.count, by: size) {
            ciphertext += plaintext[start..<min(start + size, plaintext.count)].withUnsafeBytes { encryptor.update($0) }
            ciphertext += [UInt8]().withUnsafeBytes { encryptor.update($0) }
        }
        ciphertext += encryptor.finish()
        #expect(ciphertext == (try AES128CBC.encrypt(plaintext, key: key, vector: vector)))
        var decryptor = try AES128CBC.Decryptor(key: key, vector: vector)
        var opened: [UInt8] = []
        for start in stride(from: 0, to: ciphertext.count, by: size) {
            opened += ciphertext[start..<min(start + size, ciphertext.count)].withUnsafeBytes { decryptor.update($0) }
        }
        opened += try decryptor.finish()
        #expect(opened == plaintext)
    }

    @Test("the openssl program decrypts what we encrypt, and we what it does", arguments: [0, 1, 15, 16, 17, 4096, 100_000])
    func program(count: Int) throws {
        let folder = try TestFolder(), plaintext = Random.bytes(count), key = Random.bytes(16), vector = Random.bytes(16)
        let cipher = ["enc", "-aes-128-cbc", "-K", Hex.encode(key), "-iv", Hex.encode(vector), "-in"]
        let ours = try folder.write(try AES128CBC.encrypt(plaintext, key: SecretKey(key), vector: vector), to: "ours")
        let decrypted = try TestProgram.run("openssl", cipher + [ours, "-d"], package: "openssl")
        #expect(decrypted.status == 0 && decrypted.output == plaintext, "\(decrypted.errors)")
        let theirs = try TestProgram.run("openssl", cipher + [try folder.write(plaintext, to: "plain")], package: "openssl")
        #expect(try AES128CBC.decrypt(theirs.output, key: SecretKey(key), vector: vector) == plaintext, "\(theirs.errors)")
    }

    @Test("what does not end in padding is refused")
    func padding() throws {
        let key = SecretKey(Self.key)
        for count in [0, 1, 15, 17, 79] {
            #expect(throws: CipherError.padding, "\(count) bytes") {
                try AES128CBC.decrypt(Array(Self.ciphertext.prefix(count)), key: key, vector: Self.vector)
            }
        }
        // Without its last block NIST's message ends in 0x10, which asks for sixteen bytes of 0x10.
        #expect(throws: CipherError.padding) { try AES128CBC.decrypt(Array(Self.ciphertext.prefix(64)), key: key, vector: Self.vector) }
        // The decryption of one block under this vector ends in the byte that is written here: 0 and 17 are no padding.
        for last: UInt8 in [0, 17, 255] {
            var vector = Self.vector
            vector[15] ^= 0x10 ^ last
            let empty = try AES128CBC.encrypt([], key: key, vector: Self.vector)
            #expect(throws: CipherError.padding, "\(last)") { try AES128CBC.decrypt(empty, key: key, vector: vector) }
        }
    }

    @Test("a key or a vector of another length is refused", arguments: [0, 15, 17, 24, 32])
    func lengths(count: Int) {
        #expect(throws: CipherError.keyLength(bytes: count)) {
            try AES128CBC.encrypt([], key: SecretKey.random(byteCount: count), vector: Self.vector)
        }
        #expect(throws: CipherError.vectorLength(bytes: count)) {
            try AES128CBC.decrypt([], key: SecretKey(Self.key), vector: Random.bytes(count))
        }
    }
}
