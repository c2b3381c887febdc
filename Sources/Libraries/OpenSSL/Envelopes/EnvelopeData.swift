/// The second part of an envelope: the data, sealed under their own key.
///
///     nonce (12) | sealed: the data, tag (16)
enum EnvelopeData {
    /// What the data cost besides themselves.
    static let overhead = AES256GCM.nonceBytes + AES256GCM.tagBytes
    private static let purpose = Array("lyceum envelope 1 data ".utf8)

    static func seal(_ plaintext: [UInt8], key: SecretKey, _ context: EnvelopeContext) -> [UInt8] {
        let nonce = Random.bytes(AES256GCM.nonceBytes)
        return plaintext.withUnsafeBytes { plaintext in
            (purpose + context.bytes).withUnsafeBytes { nonce + AES256GCM.seal(plaintext, key: key, nonce: nonce, authenticating: $0) }
        }
    }

    /// `part` is at least `overhead` long.
    static func open(_ part: ArraySlice<UInt8>, key: SecretKey, _ context: EnvelopeContext) throws(EnvelopeError) -> [UInt8] {
        var isGenuine = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: part.count - overhead) { output, count in
            isGenuine = part.withUnsafeBytes { part in
                (purpose + context.bytes).withUnsafeBytes { authenticated in
                    AES256GCM.open(
                        UnsafeRawBufferPointer(rebasing: part[AES256GCM.nonceBytes...]), key: key, nonce: Array(part[..<AES256GCM.nonceBytes]),
                        authenticating: authenticated, to: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: output[..<(part.count - overhead)])))
                }
            }
            count = isGenuine ? part.count - overhead : 0
        }
        guard isGenuine else { throw .dataAltered }
        return plaintext
    }
}
