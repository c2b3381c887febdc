internal import COpenSSL

/// A cipher at work, with one owner: an `EVP_CIPHER_CTX`, whose key libcrypto wipes when it is freed.
struct CipherContext: ~Copyable {
    enum Direction: CInt { case decrypt, encrypt }

    /// The longest piece that libcrypto, which counts in `int`, is given at once.
    private static let longestPiece = 1 << 30
    private let raw: OpaquePointer

    /// `key` and `vector` have the lengths that the cipher takes.
    init(_ cipher: CipherAlgorithm, _ direction: Direction, key: SecretKey, vector: [UInt8]) {
        guard let raw = EVP_CIPHER_CTX_new() else { fatalError("libcrypto has no memory for a cipher") }
        self.raw = raw
        let started = key.withBytes { key in
            EVP_CipherInit_ex2(raw, cipher.raw, Self.bytes(key), vector, direction.rawValue, nil)
        }
        precondition(started == 1, "libcrypto does not start the cipher")
    }

    deinit { EVP_CIPHER_CTX_free(raw) }

    /// Takes in what is authenticated and not encrypted.
    mutating func authenticate(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.longestPiece))
            var written: CInt = 0
            precondition(EVP_CipherUpdate(raw, nil, &written, Self.bytes(piece), CInt(piece.count)) == 1, "libcrypto refuses bytes to authenticate")
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Passes `bytes` through. `output` has room for them and one block more; the value says how much of it was written.
    mutating func update(_ bytes: UnsafeRawBufferPointer, to output: UnsafeMutableRawPointer) -> Int {
        var rest = bytes[...]
        var total = 0
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.longestPiece))
            var written: CInt = 0
            let target = (output + total).assumingMemoryBound(to: UInt8.self)
            precondition(EVP_CipherUpdate(raw, target, &written, Self.bytes(piece), CInt(piece.count)) == 1, "libcrypto refuses bytes for the cipher")
            total += Int(written)
            rest = rest.dropFirst(piece.count)
        }
        return total
    }

    /// Writes what is left, a block at most; nil if the padding or the tag is not right.
    mutating func finish(to output: UnsafeMutableRawPointer) -> Int? {
        var written: CInt = 0
        guard EVP_CipherFinal_ex(raw, output.assumingMemoryBound(to: UInt8.self), &written) == 1 else {
            ERR_clear_error()   // else the next to ask libcrypto on this thread, a TLS connection perhaps, finds it
            return nil
        }
        return Int(written)
    }

    /// The tag that GCM made, after `finish`.
    func writeTag(to output: UnsafeMutableRawBufferPointer) {
        precondition(
            EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_GET_TAG, CInt(output.count), output.baseAddress) == 1, "libcrypto gives no tag")
    }

    /// The tag that `finish` is to find.
    mutating func expectTag(_ tag: UnsafeRawBufferPointer) {
        // libcrypto copies it: the pointer is not const for the sake of the call's other uses.
        let set = EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), UnsafeMutableRawPointer(mutating: tag.baseAddress))
        precondition(set == 1, "libcrypto takes no tag")
    }

    private static func bytes(_ memory: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}

/// An `EVP_CIPHER`, which libcrypto allows every thread to use at once: looked up once, never freed.
struct CipherAlgorithm: @unchecked Sendable {   // see above
    static let aes256GCM = CipherAlgorithm("AES-256-GCM")
    static let aes128CBC = CipherAlgorithm("AES-128-CBC")

    let raw: OpaquePointer

    private init(_ name: String) {
        guard let raw = EVP_CIPHER_fetch(nil, name, nil) else { fatalError("libcrypto has no \(name)") }
        self.raw = raw
    }
}
