/// AES-256 in Galois/counter mode (NIST SP 800-38D) with nonces of 96 bits and tags of 128: what an envelope is made of.
/// One key must never meet one nonce twice, so the nonces of this library are random and a key seals fewer than 2³² times.
enum AES256GCM {
    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16

    /// The ciphertext, as long as the plaintext, and the tag behind it.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer, key: SecretKey, nonce: [UInt8], authenticating: UnsafeRawBufferPointer
    ) -> [UInt8] {
        precondition(key.byteCount == keyBytes && nonce.count == nonceBytes, "not a key and a nonce of AES-256-GCM")
        return [UInt8](unsafeUninitializedCapacity: plaintext.count + tagBytes) { output, count in
            let output = UnsafeMutableRawBufferPointer(output)
            var cipher = CipherContext(.aes256GCM, .encrypt, key: key, vector: nonce)
            cipher.authenticate(authenticating)
            if let start = output.baseAddress {
                let written = cipher.update(plaintext, to: start)
                precondition(cipher.finish(to: start + written) == 0 && written == plaintext.count, "GCM wrote another length")
            }
            cipher.writeTag(to: UnsafeMutableRawBufferPointer(rebasing: output.suffix(tagBytes)))
            count = output.count
        }
    }

    /// Writes the plaintext of what `seal` gave to `output`, which is as long as it without the tag. False, with `output` wiped, if any bit of
    /// ciphertext, tag or authenticated bytes is not what it was, or key or nonce is another.
    static func open(
        _ sealed: UnsafeRawBufferPointer, key: SecretKey, nonce: [UInt8], authenticating: UnsafeRawBufferPointer,
        to output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(key.byteCount == keyBytes && nonce.count == nonceBytes, "not a key and a nonce of AES-256-GCM")
        guard sealed.count >= tagBytes else { return false }
        precondition(output.count == sealed.count - tagBytes, "no place for what is opened")
        var cipher = CipherContext(.aes256GCM, .decrypt, key: key, vector: nonce)
        cipher.expectTag(UnsafeRawBufferPointer(rebasing: sealed.suffix(tagBytes)))
        cipher.authenticate(authenticating)
        var nothing: UInt8 = 0   // where an empty message goes
        return withUnsafeMutableBytes(of: &nothing) { nothing in
            guard let start = output.baseAddress ?? nothing.baseAddress else { return false }
            let written = cipher.update(UnsafeRawBufferPointer(rebasing: sealed.dropLast(tagBytes)), to: start)
            if cipher.finish(to: start + written) == 0 { return true }
            SecretKey.wipe(output)
            return false
        }
    }
}
