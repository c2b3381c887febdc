public import JOSE
public import JSON

/// The public keys of all services: a JWKS in which each key names the service that it belongs to in the member `svc`.
public struct ServiceKeys: Sendable {
    /// The keys, for verifying.
    public let keys: KeySet
    private let owners: [String: String]

    /// Reads the file `services.jwks.json`. Throws `JOSEError` for what is no key set; a key without `svc` opens nothing.
    public init(jwks json: [UInt8]) throws(JOSEError) {
        keys = try KeySet(jwks: json)
        var owners: [String: String] = [:]
        for entry in (try? JSONValue.parse(json))?["keys"]?.arrayValue ?? [] {
            guard let jwk = try? PublicKey(entry), let service = entry["svc"]?.stringValue else { continue }
            owners[jwk.kid] = service
        }
        self.owners = owners
    }

    /// The service that the key of this name belongs to.
    public func owner(of kid: String) -> String? { owners[kid] }

    /// The content of `services.jwks.json` for these keys.
    public static func document(_ services: [(name: String, key: PublicKey)]) -> Buffer {
        JSONWriter.object { json in
            json.array("keys") { json in
                for (name, key) in services { write(key, of: name, to: &json) }
            }
        }
    }

    private static func write(_ key: PublicKey, of service: String, to json: inout JSONWriter) {
        let value = (try? JSONValue.parse(key.jsonBuffer)) ?? .null
        json.beginObject()
        for (name, member) in value.objectValue ?? JSONObject() {
            json.name(name)
            json.value(member)
        }
        json.field("svc", service)
        json.endObject()
    }
}
