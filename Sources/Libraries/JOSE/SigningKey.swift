import JSON

/// A private ES256 key: signs tokens. Its `kid` is its RFC 7638 thumbprint, so the same key has the same name everywhere.
/// Safe to use from every thread.
public struct SigningKey: Sendable {
    /// What verifies this key's tokens.
    public let publicKey: PublicKey
    private let key: ECKey

    /// The name of the key in token headers and in the JWKS.
    public var kid: String { publicKey.kid }

    /// A new key.
    public static func generate() throws(JOSEError) -> SigningKey {
        let key = try ECKey.random()
        return try SigningKey(try parse(try key.json(private: false)), key: key)
    }

    /// The key of a private JWK (RFC 7517: `kty` EC, `crv` P-256, `x`, `y`, `d`). Refused if `x` and `y` are not the public half of `d`,
    /// or if a `kid` is there that is not the thumbprint.
    public static func load(_ json: [UInt8]) throws(JOSEError) -> SigningKey {
        let members = try parse(json)
        guard let d = members["d"]?.stringValue.flatMap({ Base64.url.decode($0) }),
              let x = members["x"]?.stringValue.flatMap({ Base64.url.decode($0) }),
              let y = members["y"]?.stringValue.flatMap({ Base64.url.decode($0) }) else {
            throw JOSEError(.malformedKey, "not a private EC key: x, y or d is missing or not base64url")
        }
        let signing = try SigningKey(members, key: try ECKey.at(x: x, y: y, d: d))
        // The numbers of a file need not belong together: sign once, and verify with the public ones alone.
        guard let trial = try? signing.sign([1], typ: "trial"), try ECKey.at(x: x, y: y).payload(of: trial) == [1] else {
            throw JOSEError(.malformedKey, "d does not belong to x and y")
        }
        return signing
    }

    private init(_ members: JSONObject, key: ECKey) throws(JOSEError) {
        publicKey = try PublicKey(members, key: key)
        guard publicKey.kid == PublicKey.thumbprint(x: publicKey.x, y: publicKey.y) else {
            throw JOSEError(.malformedKey, "kid is not the key's thumbprint")
        }
        self.key = key
    }

    /// The private key as a JWK, for a file that only its owner reads.
    public func privateJWK() throws(JOSEError) -> [UInt8] {
        guard let d = try Self.parse(try key.json(private: true))["d"]?.stringValue else {
            throw JOSEError(.library, "the key has no private number")
        }
        return JSONWriter.object { json in
            json.field("kty", "EC")
            json.field("crv", "P-256")
            json.field("x", publicKey.x)
            json.field("y", publicKey.y)
            json.field("d", d)
            json.field("kid", kid)
            json.field("use", "sig")
            json.field("alg", "ES256")
        }.array
    }

    /// A compact JWS over `claims` with the header `{alg: ES256, kid, typ}`. `typ` names the purpose (`at+jwt` for access tokens):
    /// who verifies asks for it, so that a token made for one thing opens no other.
    public func sign(_ claims: [UInt8], typ: String) throws(JOSEError) -> String {
        try key.sign(claims, header: ["alg": "ES256", "kid": kid, "typ": typ])
    }

    private static func parse(_ json: [UInt8]) throws(JOSEError) -> JSONObject {
        guard json.count <= 4096, let members = (try? JSONValue.parse(json))?.objectValue else { throw JOSEError(.malformedKey, "not a JSON object") }
        return members
    }
}
