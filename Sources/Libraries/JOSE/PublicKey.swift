public import JSON

/// The public half of an ES256 key, as a JWKS publishes it.
public struct PublicKey: Sendable {
    /// The name by which a token says who signed it.
    public let kid: String
    let x: String
    let y: String
    let key: ECKey

    /// Reads one public JWK (RFC 7517): `kty` EC, `crv` P-256, a point of the curve. Without `kid` its thumbprint is its name.
    /// A JWK with a private number is refused: it should not have got here.
    public init(_ jwk: JSONValue) throws(JOSEError) {
        guard let members = jwk.objectValue else { throw JOSEError(.malformedKey, "not an object") }
        guard members["d"] == nil else { throw JOSEError(.malformedKey, "a private key where a public one belongs") }
        try self.init(members, key: nil)
    }

    /// The public half of what `members` describe. `key` if it has been made already.
    init(_ members: JSONObject, key: ECKey?) throws(JOSEError) {
        guard members["kty"]?.stringValue == "EC", members["crv"]?.stringValue == "P-256" else {
            throw JOSEError(.malformedKey, "not an EC key of P-256")
        }
        guard let x = members["x"]?.stringValue, let y = members["y"]?.stringValue,
              let xBytes = Base64.url.decode(x), let yBytes = Base64.url.decode(y) else {
            throw JOSEError(.malformedKey, "x or y is not base64url")
        }
        if let kid = members["kid"] {
            guard let name = kid.stringValue, (1...128).contains(name.utf8.count) else {
                throw JOSEError(.malformedKey, "kid is not 1 to 128 bytes of text")
            }
            self.kid = name
        } else {
            self.kid = Self.thumbprint(x: x, y: y)
        }
        self.x = x
        self.y = y
        self.key = if let key { key } else { try ECKey.at(x: xBytes, y: yBytes) }
    }

    /// RFC 7638: the SHA-256 of the members that make the key, in their fixed order.
    static func thumbprint(x: String, y: String) -> String {
        Base64.url.encode(Digest.sha256(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#))
    }
}

extension PublicKey: JSONWritable {
    /// Writes the public JWK, marked for ES256 signatures.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("kty", "EC")
        json.field("crv", "P-256")
        json.field("x", x)
        json.field("y", y)
        json.field("kid", kid)
        json.field("use", "sig")
        json.field("alg", "ES256")
        json.endObject()
    }
}
