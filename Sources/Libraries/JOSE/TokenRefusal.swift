/// Why a token was refused. The client learns none of it (401 is 401); the log may.
public enum TokenRefusal: Error, Sendable, Equatable, CaseIterable {
    /// Longer than any token that Lyceum makes.
    case tooLarge
    /// Not three parts of strict base64url with a JSON object, every name once, as the first.
    case malformed
    /// The header asks for another algorithm than ES256.
    case algorithm
    /// The header has a parameter besides `alg`, `kid` and `typ` (`jwk`, `jku`, `x5u`, `crit`, `b64` …), or one of these is no text.
    case header
    /// Made for another purpose: `typ` is not the one expected.
    case type
    /// Signed by a key that is not in the set.
    case unknownKey
    /// The signature is not that key's for these bytes.
    case signature
}
