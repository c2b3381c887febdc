import JSON
import Telemetry

/// Why a token whose signature holds is refused all the same. The client learns none of it, the log does.
enum ClaimRefusal: String, Error, Sendable {
    case notClaims = "the payload is no JSON object"
    case issuer, audience, subject, session, roles
    case expired
    case notYet = "not valid yet"
    case times = "exp or iat is missing or no whole number"
}

/// The payload of a token whose signature holds.
struct TokenClaims {
    private let claims: JSONValue

    /// Throws for anything but an object in which each name stands once.
    init(_ payload: [UInt8]) throws(ClaimRefusal) {
        guard let value = try? JSONValue.parse(payload, limits: JSONLimits(depth: 4, values: 200)), value.objectValue != nil else { throw .notClaims }
        claims = value
    }

    /// `iss` as text.
    func issuer() throws(ClaimRefusal) -> String {
        guard let issuer = claims["iss"]?.stringValue else { throw .issuer }
        return issuer
    }

    /// `aud` is `audience`, or a list that has it.
    func check(audience: String) throws(ClaimRefusal) {
        let claim = claims["aud"]
        guard claim?.stringValue == audience || claim?.arrayValue?.contains(.string(audience)) == true else { throw .audience }
    }

    /// Checks `exp`, `iat` and `nbf`; the value is the second after which the token is worth nothing.
    func checkTimes(now: Timestamp, leewaySeconds: Int) throws(ClaimRefusal) -> Int {
        guard let exp = claims["exp"]?.intValue, let iat = claims["iat"]?.intValue else { throw .times }
        let range = 0...253_402_300_799
        guard range.contains(exp), range.contains(iat) else { throw .times }
        let now = Int(now.unixSeconds)
        guard now < exp + leewaySeconds else { throw .expired }
        guard iat <= now + leewaySeconds else { throw .notYet }
        if let nbf = claims["nbf"] {
            guard let nbf = nbf.intValue, range.contains(nbf) else { throw .times }
            guard nbf <= now + leewaySeconds else { throw .notYet }
        }
        return exp + leewaySeconds
    }

    /// The user of an access token.
    func user() throws(ClaimRefusal) -> Principal {
        guard try issuer() == AccessToken.issuer else { throw .issuer }
        try check(audience: AccessToken.audience)
        guard let id = claims["sub"]?.stringValue.flatMap({ UserID($0) }) else { throw .subject }
        let session = claims["sid"]
        guard session == nil || session?.stringValue?.isEmpty == false else { throw .session }
        guard let names = claims["roles"]?.arrayValue, names.allSatisfy({ $0.stringValue != nil }) else { throw .roles }
        // A role that this process does not know yet opens nothing.
        let roles = names.compactMap { $0.stringValue.flatMap(Role.init(rawValue:)) }
        return Principal(kind: .user(id), roles: Set(roles), sessionID: session?.stringValue)
    }
}
