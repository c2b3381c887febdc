internal import CJOSE
import Glibc

/// A P-256 key of libcjose with one owner. Never changed after it is made, and libcjose only reads it when it signs or verifies,
/// so every thread may use it.
final class ECKey: @unchecked Sendable {
    let raw: OpaquePointer

    private init(owning raw: OpaquePointer) { self.raw = raw }
    deinit { cjose_jwk_release(raw) }

    /// A new key pair from libcrypto's random generator.
    static func random() throws(JOSEError) -> ECKey {
        guard let raw = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nil) else { throw JOSEError(.library, "no key was made") }
        return ECKey(owning: raw)
    }

    /// The key at a point of the curve (refused when it is not on it), with its private number or without.
    static func at(x: [UInt8], y: [UInt8], d: [UInt8]? = nil) throws(JOSEError) -> ECKey {
        guard x.count == 32, y.count == 32, d.map({ $0.count == 32 }) ?? true else { throw JOSEError(.malformedKey, "a coordinate is not 32 bytes") }
        var x = x, y = y, d = d ?? []
        defer { explicit_bzero(&d, d.count) }
        let raw = x.withUnsafeMutableBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                d.withUnsafeMutableBufferPointer { d in
                    var spec = cjose_jwk_ec_keyspec()
                    spec.crv = CJOSE_JWK_EC_P_256
                    (spec.x, spec.xlen, spec.y, spec.ylen) = (x.baseAddress, x.count, y.baseAddress, y.count)
                    if !d.isEmpty { (spec.d, spec.dlen) = (d.baseAddress, d.count) }
                    return cjose_jwk_create_EC_spec(&spec, nil)
                }
            }
        }
        guard let raw else { throw JOSEError(.malformedKey, "no point of P-256") }
        return ECKey(owning: raw)
    }

    /// The key as JSON (RFC 7517), with its private number if asked for.
    func json(private includesPrivate: Bool) throws(JOSEError) -> [UInt8] {
        guard let text = cjose_jwk_to_json(raw, includesPrivate, nil) else { throw JOSEError(.library, "the key was not written") }
        defer { lyceum_wipe_and_free(text) }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// A compact JWS over `payload` with exactly this header.
    func sign(_ payload: [UInt8], header members: KeyValuePairs<String, String>) throws(JOSEError) -> String {
        guard let header = cjose_header_new(nil) else { throw JOSEError(.library, "no memory for a header") }
        defer { cjose_header_release(header) }
        for (name, value) in members where !cjose_header_set(header, name, value, nil) {
            throw JOSEError(.library, "the header does not take \(name)")
        }
        guard let jws = cjose_jws_sign(raw, header, payload, payload.count, nil) else { throw JOSEError(.library, "nothing was signed") }
        defer { cjose_jws_release(jws) }
        var text: UnsafePointer<CChar>?   // the token's own, freed with it
        guard cjose_jws_export(jws, &text, nil), let text else { throw JOSEError(.library, "the token was not written") }
        return String(cString: text)
    }

    /// The payload of a compact JWS if this key signed it; nil otherwise. The caller has looked at the header before: libcjose goes by its `alg`.
    func payload(of token: String) -> [UInt8]? {
        var token = token
        let jws = token.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { cjose_jws_import($0.baseAddress, $0.count, nil) }
        }
        guard let jws else { return nil }
        defer { cjose_jws_release(jws) }
        var bytes: UnsafeMutablePointer<UInt8>?   // the token's own as well
        var count = 0
        guard cjose_jws_verify(jws, raw, nil), cjose_jws_get_plaintext(jws, &bytes, &count, nil), let bytes else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
