/// The first part of an envelope: under which key, and the data key sealed under it.
///
///     version 1 | length of the id | id | nonce (12) | sealed: data key (32), mark of the context (16), tag (16)
struct EnvelopeKey {
    private static let version: UInt8 = 1
    private static let purpose = Array("lyceum envelope 1 key ".utf8)
    private static let contentBytes = AES256GCM.keyBytes + EnvelopeContext.markBytes

    let id: String
    private let nonce: Range<Int>
    private let sealed: Range<Int>
    /// Where the data begin.
    var end: Int { sealed.upperBound }

    /// Finds the parts; nothing is decrypted.
    init(_ envelope: [UInt8]) throws(EnvelopeError) {
        guard let version = envelope.first else { throw .malformed }
        guard version == Self.version else { throw .version(version) }
        guard envelope.count >= 2 else { throw .malformed }
        let idEnd = 2 + Int(envelope[1])
        nonce = idEnd..<idEnd + AES256GCM.nonceBytes
        sealed = nonce.upperBound..<nonce.upperBound + Self.contentBytes + AES256GCM.tagBytes
        guard envelope.count >= sealed.upperBound + EnvelopeData.overhead, KeyRing.isID(envelope[2..<idEnd]) else { throw .malformed }
        id = String(decoding: envelope[2..<idEnd], as: UTF8.self)
    }

    /// The part for `dataKey`, sealed under the key `id`.
    static func wrap(_ dataKey: SecretKey, mark: [UInt8], id: String, under key: SecretKey) -> [UInt8] {
        let header = [version, UInt8(id.utf8.count)] + Array(id.utf8)
        let nonce = Random.bytes(AES256GCM.nonceBytes)
        let content = SecretKey(byteCount: contentBytes) { content in
            dataKey.withBytes { content.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: content[AES256GCM.keyBytes...]).copyBytes(from: mark)
        }
        let sealed = content.withBytes { content in
            (purpose + header).withUnsafeBytes { AES256GCM.seal(content, key: key, nonce: nonce, authenticating: $0) }
        }
        return header + nonce + sealed
    }

    /// The data key and the mark of the context, nil if `key` did not seal this part just as it stands.
    func unwrap(_ envelope: [UInt8], under key: SecretKey) -> (SecretKey, [UInt8])? {
        var isGenuine = false
        let header = Self.purpose + envelope[..<nonce.lowerBound]
        let content = SecretKey(byteCount: Self.contentBytes) { content in
            isGenuine = envelope.withUnsafeBytes { envelope in
                header.withUnsafeBytes { header in
                    AES256GCM.open(
                        UnsafeRawBufferPointer(rebasing: envelope[sealed]), key: key, nonce: Array(envelope[nonce]), authenticating: header, to: content)
                }
            }
        }
        guard isGenuine else { return nil }
        return content.withBytes { content in
            let dataKey = SecretKey(byteCount: AES256GCM.keyBytes) { $0.copyBytes(from: content.prefix(AES256GCM.keyBytes)) }
            return (dataKey, Array(content.suffix(EnvelopeContext.markBytes)))
        }
    }
}
