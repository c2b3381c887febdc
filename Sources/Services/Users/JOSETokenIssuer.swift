import JOSE
import JSON
import Kit

/// Signs access tokens, and publishes the keys that check them.
struct JOSETokenIssuer: Sendable {
    /// The signer's name in the keys directory.
    static let signer = "users-signing"

    let keys: SigningKeyFolder

    /// The key set as `/.well-known/jwks.json` answers it.
    var keySet: Buffer { get async { await keys.published.json } }

    func sign(_ token: AccessToken) async throws -> String { try await keys.signing.sign(token.jsonBuffer.array, typ: AccessToken.typ) }
}
