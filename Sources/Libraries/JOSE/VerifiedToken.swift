/// What a token said whose signature holds. Its claims (issuer, audience, times) are still to be checked.
public struct VerifiedToken: Sendable, Equatable {
    /// The payload, byte for byte as it was signed; a JWT's claims are JSON in it.
    public let payload: [UInt8]
    /// The key that signed.
    public let kid: String
}
