public import JOSE
import JSON
import Loop
import Telemetry

/// Signs the tokens by which this service names itself to others: one for each audience, used for half of its life.
public struct ServiceTokenSource: Sendable {
    /// `typ` of the header.
    public static let typ = "service+jwt"
    /// From signing to `exp`.
    public static let lifetimeSeconds = 60

    private struct Kept {
        let token: String
        let until: Timestamp
    }
    /// The name that the tokens say.
    public let service: String
    private let key: @Sendable () async -> SigningKey
    private let clock: WallClock
    private let kept = Locked<[String: Kept]>([:])

    /// Tokens of `service`, signed with its private key of the moment.
    public init(service: String, clock: WallClock = .system, key: @escaping @Sendable () async -> SigningKey) {
        self.service = service
        self.key = key
        self.clock = clock
    }

    /// A token that the service `audience` accepts, and no other. Throws when it cannot be signed.
    public func token(for audience: String) async throws -> String {
        let now = clock.now()
        let known: String? = kept.withLock { kept in
            guard let token = kept[audience], now < token.until else { return nil }
            return token.token
        }
        if let known { return known }
        let token = try await key().sign(claims(for: audience, now: Int(now.unixSeconds)), typ: Self.typ)
        let until = now.adding(seconds: Double(Self.lifetimeSeconds) / 2)
        kept.withLock { kept in
            // Audiences are the services of the platform: a handful.
            if kept.count > 100 { kept.removeAll() }
            kept[audience] = Kept(token: token, until: until)
        }
        return token
    }

    private func claims(for audience: String, now: Int) -> [UInt8] {
        JSONWriter.object { json in
            json.field("iss", service)
            json.field("sub", service)
            json.field("aud", audience)
            json.field("iat", now)
            json.field("exp", now + Self.lifetimeSeconds)
            json.field("jti", UUID16.v7())
        }.array
    }
}
