public import JSON

/// The public keys whose tokens are accepted, by `kid`: a JWKS (RFC 7517 section 5). During a rotation it holds the old key and the new.
public struct KeySet: Sendable {
    /// The keys in their order.
    public let keys: [PublicKey]
    private let byID: [String: PublicKey]

    /// More keys than anybody rotates; a longer set is refused.
    public static let maximumCount = 64

    /// A set of these keys; of two with one `kid` the first counts.
    public init(_ keys: [PublicKey]) {
        byID = Dictionary(keys.map { ($0.kid, $0) }) { first, _ in first }
        var seen: Set<String> = []
        self.keys = keys.filter { seen.insert($0.kid).inserted }
    }

    /// Reads a JWKS. Keys of other kinds (RSA, other curves, `use` enc, another `alg`) are passed over, as RFC 7517 asks.
    /// Refused as a whole: what is no JWKS, a P-256 key that is not on the curve, a private key, one `kid` twice, more than 64 keys.
    public init(jwks json: [UInt8]) throws(JOSEError) {
        guard let entries = (try? JSONValue.parse(json))?["keys"]?.arrayValue else {
            throw JOSEError(.malformedKeySet, "no JSON object with an array \"keys\"")
        }
        guard entries.count <= Self.maximumCount else { throw JOSEError(.malformedKeySet, "more than \(Self.maximumCount) keys") }
        var keys: [PublicKey] = []
        for entry in entries {
            guard entry.objectValue != nil else { throw JOSEError(.malformedKeySet, "a key that is no object") }
            guard entry["d"] == nil else { throw JOSEError(.malformedKeySet, "a private key where public ones belong") }
            if Self.isForES256(entry) { keys.append(try PublicKey(entry)) }
        }
        guard Set(keys.map(\.kid)).count == keys.count else { throw JOSEError(.malformedKeySet, "one kid twice") }
        self.init(keys)
    }

    /// The key of that name.
    public subscript(kid: String) -> PublicKey? { byID[kid] }

    /// The set as the JSON that an endpoint serves.
    public var json: Buffer {
        var writer = JSONWriter(capacity: 64 + keys.count * 256)
        write(to: &writer)
        return writer.finish()
    }

    private static func isForES256(_ jwk: JSONValue) -> Bool {
        jwk["kty"]?.stringValue == "EC" && jwk["crv"]?.stringValue == "P-256"
            && (jwk["use"]?.stringValue ?? "sig") == "sig" && (jwk["alg"]?.stringValue ?? "ES256") == "ES256"
    }
}

extension KeySet: JSONWritable {
    /// Writes `{"keys": [...]}`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("keys")
        json.beginArray()
        for key in keys { key.write(to: &json) }
        json.endArray()
        json.endObject()
    }
}
