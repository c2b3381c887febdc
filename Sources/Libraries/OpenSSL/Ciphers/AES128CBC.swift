/// AES-128 in cipher block chaining with PKCS#7 padding (NIST SP 800-38A, RFC 5652 section 6.3): how the segments of an HLS stream are encrypted
/// (RFC 8216 section 5.2).
///
/// It hides and does not authenticate: nobody may learn from an answer whether padding was right. What must not be altered goes into an envelope.
public enum AES128CBC {
    /// Bytes of a key.
    public static let keyBytes = 16
    /// Bytes of a block, and of an initialization vector.
    public static let blockBytes = 16

    /// The ciphertext of all of `plaintext`: the next whole number of blocks above its length.
    public static func encrypt(_ plaintext: [UInt8], key: SecretKey, vector: [UInt8]) throws(CipherError) -> [UInt8] {
        var encryptor = try Encryptor(key: key, vector: vector)
        let start = plaintext.withUnsafeBytes { encryptor.update($0) }
        return start + encryptor.finish()
    }

    /// The plaintext of all of `ciphertext`.
    public static func decrypt(_ ciphertext: [UInt8], key: SecretKey, vector: [UInt8]) throws(CipherError) -> [UInt8] {
        var decryptor = try Decryptor(key: key, vector: vector)
        let start = ciphertext.withUnsafeBytes { decryptor.update($0) }
        return start + (try decryptor.finish())
    }

    /// Encrypts what comes in pieces. One owner, no copies.
    public struct Encryptor: ~Copyable {
        private var cipher: CipherContext

        /// An encryptor that has seen nothing yet. Throws for a key that is not 16 bytes long, or a vector that is not.
        public init(key: SecretKey, vector: [UInt8]) throws(CipherError) {
            cipher = try AES128CBC.start(.encrypt, key, vector)
        }

        /// Takes the next piece, of any length, and gives the blocks that are whole.
        public mutating func update(_ piece: UnsafeRawBufferPointer) -> [UInt8] { AES128CBC.pass(piece, through: &cipher) }

        /// The last block, with its padding. The encryptor is used up.
        public consuming func finish() -> [UInt8] {
            guard let last = AES128CBC.end(&cipher) else { preconditionFailure("libcrypto pads no block") }
            return last
        }
    }

    /// Decrypts what comes in pieces. One owner, no copies.
    public struct Decryptor: ~Copyable {
        private var cipher: CipherContext

        /// A decryptor that has seen nothing yet. Throws for a key that is not 16 bytes long, or a vector that is not.
        public init(key: SecretKey, vector: [UInt8]) throws(CipherError) {
            cipher = try AES128CBC.start(.decrypt, key, vector)
        }

        /// Takes the next piece, of any length, and gives what is certain of the plaintext: the last block waits for `finish`.
        public mutating func update(_ piece: UnsafeRawBufferPointer) -> [UInt8] { AES128CBC.pass(piece, through: &cipher) }

        /// The rest of the plaintext; `padding` if it does not end as it should. The decryptor is used up.
        public consuming func finish() throws(CipherError) -> [UInt8] {
            guard let last = AES128CBC.end(&cipher) else { throw .padding }
            return last
        }
    }

    private static func start(_ direction: CipherContext.Direction, _ key: SecretKey, _ vector: [UInt8]) throws(CipherError) -> CipherContext {
        guard key.byteCount == keyBytes else { throw .keyLength(bytes: key.byteCount) }
        guard vector.count == blockBytes else { throw .vectorLength(bytes: vector.count) }
        return CipherContext(.aes128CBC, direction, key: key, vector: vector)
    }

    private static func pass(_ piece: UnsafeRawBufferPointer, through cipher: inout CipherContext) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: piece.count + blockBytes) { output, count in
            if let start = output.baseAddress { count = cipher.update(piece, to: start) }
        }
    }

    private static func end(_ cipher: inout CipherContext) -> [UInt8]? {
        var length: Int?
        let last = [UInt8](unsafeUninitializedCapacity: blockBytes) { output, count in
            if let start = output.baseAddress { length = cipher.finish(to: start) }
            count = length ?? 0
        }
        return length == nil ? nil : last
    }
}
