extension KeyRing {
    /// An envelope around `plaintext`, to be opened with the same context only: some 110 bytes longer.
    ///
    /// The data are sealed with AES-256-GCM under a key of their own, made for this once, and that key under the ring's current one. So the ring's
    /// keys are changed without touching the data (`rewrap`), and a ring's key may seal 2³² envelopes before its random nonces are too many.
    public func seal(_ plaintext: [UInt8], for context: EnvelopeContext) -> [UInt8] {
        let dataKey = SecretKey.random(byteCount: Self.keyBytes)
        let key = EnvelopeKey.wrap(dataKey, mark: context.mark, id: currentID, under: current)
        return key + EnvelopeData.seal(plaintext, key: dataKey, context)
    }

    /// What `seal` was given. The error says what is wrong: an unknown key, damage (and to what), or another place than the one that it was sealed for.
    public func open(_ envelope: [UInt8], for context: EnvelopeContext) throws(EnvelopeError) -> [UInt8] {
        let key = try EnvelopeKey(envelope)
        let (dataKey, mark) = try unwrap(key, envelope)
        guard mark == context.mark else { throw .otherContext }
        return try EnvelopeData.open(envelope[key.end...], key: dataKey, context)
    }

    /// The same data under the ring's current key; they are not decrypted for it, and no context is needed. What is under that key already is left
    /// as it is. Throws as `open` does if the data key cannot be had.
    public func rewrap(_ envelope: [UInt8]) throws(EnvelopeError) -> [UInt8] {
        let key = try EnvelopeKey(envelope)
        let (dataKey, mark) = try unwrap(key, envelope)
        guard key.id != currentID else { return envelope }
        return EnvelopeKey.wrap(dataKey, mark: mark, id: currentID, under: current) + envelope[key.end...]
    }

    /// The id of the key that an envelope is sealed under: what still needs `rewrap` before a key can go.
    public static func keyID(of envelope: [UInt8]) throws(EnvelopeError) -> String { try EnvelopeKey(envelope).id }

    private func unwrap(_ key: EnvelopeKey, _ envelope: [UInt8]) throws(EnvelopeError) -> (SecretKey, [UInt8]) {
        guard let wrapping = self[key.id] else { throw .unknownKey(id: key.id) }
        guard let unwrapped = key.unwrap(envelope, under: wrapping) else { throw .keyAltered(id: key.id) }
        return unwrapped
    }
}
