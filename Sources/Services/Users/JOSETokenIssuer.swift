import JOSE
import JSON
import Kit

/// Signs access tokens, and publishes the keys that check them.
struct JOSETokenIssuer: Sendable {
    private let key: SigningKey
    /// The key set as `/.well-known/jwks.json` answers it.
    let keySet: Buffer

    /// `retired`: keys whose last tokens may still be about. They are published, and sign nothing.
    init(key: SigningKey, retired: [SigningKey] = []) {
        self.key = key
        keySet = KeySet([key.publicKey] + retired.map(\.publicKey)).json
    }

    func sign(_ token: AccessToken) throws -> String { try key.sign(token.jsonBuffer.array, typ: AccessToken.typ) }
}
