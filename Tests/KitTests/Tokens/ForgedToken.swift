import JOSE
import JSON
import Kit
import Telemetry

/// Ways to forge a token that somebody has tried somewhere (RFC 8725).
enum ForgedToken: String, CaseIterable {
    case garbage, empty, onePart, twoParts, fourParts, brackets
    case algNone, algNoneNoSignature, hs256WithPublicKey, rs256
    case embeddedJWK, jku, x5u, crit, b64, kidTraversal, kidNumber, kidMissing
    case otherTyp, jwtTyp, serviceTyp
    case unknownKey, otherKeySameKid, changedPayload, changedSignature, noSignature, longSignature, paddedSignature
    case duplicateClaim, payloadNoObject, payloadEmpty, expired, notYet, wrongIssuer, wrongAudience, huge

    func make(_ tokens: TestTokens) throws -> String {
        let good = try tokens.access()
        let parts = good.split(separator: ".").map(String.init)
        let (header, payload, signature) = (parts[0], parts[1], parts[2])
        let kid = tokens.users.kid
        func headed(_ json: String) -> String { "\(Base64.url.encode(Array(json.utf8))).\(payload).\(signature)" }
        func signed(_ text: String) throws -> String { try tokens.users.sign(Array(text.utf8), typ: AccessToken.typ) }
        switch self {
        case .garbage: return "abc"
        case .empty: return "."
        case .onePart: return header
        case .twoParts: return "\(header).\(payload)"
        case .fourParts: return "\(good).x"
        case .brackets: return "[\(good)]"
        case .algNone: return headed(#"{"alg":"none","kid":"\#(kid)","typ":"at+jwt"}"#)
        case .algNoneNoSignature:
            let header = Base64.url.encode(Array(#"{"alg":"none","kid":"\#(kid)","typ":"at+jwt"}"#.utf8))
            return "\(header).\(payload)."
        case .hs256WithPublicKey: return headed(#"{"alg":"HS256","kid":"\#(kid)","typ":"at+jwt"}"#)
        case .rs256: return headed(#"{"alg":"RS256","kid":"\#(kid)","typ":"at+jwt"}"#)
        case .embeddedJWK: return headed(#"{"alg":"ES256","kid":"\#(kid)","typ":"at+jwt","jwk":{}}"#)
        case .jku: return headed(#"{"alg":"ES256","kid":"\#(kid)","typ":"at+jwt","jku":"https://evil.example/jwks"}"#)
        case .x5u: return headed(#"{"alg":"ES256","kid":"\#(kid)","typ":"at+jwt","x5u":"https://evil.example/x"}"#)
        case .crit: return headed(#"{"alg":"ES256","kid":"\#(kid)","typ":"at+jwt","crit":["exp"]}"#)
        case .b64: return headed(#"{"alg":"ES256","kid":"\#(kid)","typ":"at+jwt","b64":false}"#)
        case .kidTraversal: return headed(#"{"alg":"ES256","kid":"../../dev/null","typ":"at+jwt"}"#)
        case .kidNumber: return headed(#"{"alg":"ES256","kid":1,"typ":"at+jwt"}"#)
        case .kidMissing: return headed(#"{"alg":"ES256","typ":"at+jwt"}"#)
        case .otherTyp: return try tokens.access(typ: "id+jwt")
        case .jwtTyp: return try tokens.access(typ: "JWT")
        case .serviceTyp: return try tokens.access(typ: "service+jwt")
        case .unknownKey: return try tokens.access(key: try SigningKey.generate())
        case .otherKeySameKid:
            let other = try tokens.access(key: try SigningKey.generate()).split(separator: ".")
            return "\(header).\(other[1]).\(other[2])"
        case .changedPayload:
            let claims = AccessToken(user: UserID(), roles: [.admin], sessionID: nil, now: tokens.now)
            return "\(header).\(Base64.url.encode(claims.jsonBuffer.array)).\(signature)"
        case .changedSignature: return "\(header).\(payload).\(String(signature.reversed()))"
        case .noSignature: return "\(header).\(payload)."
        case .longSignature: return good + "AAAA"
        case .paddedSignature: return good + "=="
        case .duplicateClaim:
            let claims = #"{"iss":"lyceum","aud":"lyceum-api","sub":"\#(UserID())","exp":1900000000,"iat":1,"roles":[],"roles":["admin"]}"#
            return try signed(claims)
        case .payloadNoObject: return try signed(#"["lyceum"]"#)
        case .payloadEmpty: return try signed("{}")
        case .expired: return try tokens.access { $0["exp"] = .int(Int(tokens.now.unixSeconds) - 61) }
        case .notYet: return try tokens.access { $0["nbf"] = .int(Int(tokens.now.unixSeconds) + 61) }
        case .wrongIssuer: return try tokens.access { $0["iss"] = "lyceum.evil" }
        case .wrongAudience: return try tokens.access { $0["aud"] = "lyceum-api2" }
        case .huge: return "\(header).\(String(repeating: "A", count: 100_000)).\(signature)"
        }
    }
}
