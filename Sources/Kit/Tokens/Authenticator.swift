import JOSE
import Loop
public import Telemetry

/// Says who sends a request: verifies its bearer token, and remembers the answer until the token expires.
public final class Authenticator: Authenticating {
    /// Where keys come from: the bytes of a JWKS.
    public typealias KeySource = @Sendable () async throws -> [UInt8]

    private let service: String
    private let userKeys: KeyCache<KeySet>
    private let serviceKeys: KeyCache<ServiceKeys>
    private let clock: WallClock
    private let leewaySeconds: Int
    private let log: Log
    private let memory: Locked<TokenMemory>

    /// An authenticator of `service`. `userKeys` fetches the JWKS of the users service, `serviceKeys` the file of all services' keys;
    /// `leewaySeconds`, at most 60, is how far clocks may be apart; `remembering` so many tokens.
    public convenience init(
        service: String, userKeys: @escaping KeySource, serviceKeys: @escaping KeySource, log: Log, clock: WallClock = .system,
        leewaySeconds: Int = 30, remembering: Int = 10_000
    ) {
        self.init(
            service: service, userKeys: userKeys, serviceKeys: serviceKeys, log: log, clock: clock, leewaySeconds: leewaySeconds,
            remembering: remembering, times: KeyCacheTimes())
    }

    init(
        service: String, userKeys: @escaping KeySource, serviceKeys: @escaping KeySource, log: Log, clock: WallClock, leewaySeconds: Int,
        remembering: Int, times: KeyCacheTimes, now: @escaping @Sendable () -> Int = { monotonicMilliseconds() }
    ) {
        let memory = Locked(TokenMemory(limit: remembering))
        self.service = service
        self.memory = memory
        self.userKeys = KeyCache(log: log, times: times, now: now) {
            let keys = try KeySet(jwks: try await userKeys())
            memory.withLock { $0.keys(are: keys, .user) }
            return keys
        }
        self.serviceKeys = KeyCache(log: log, times: times, now: now) {
            let keys = try ServiceKeys(jwks: try await serviceKeys())
            memory.withLock { $0.keys(are: keys.keys, .service) }
            return keys
        }
        self.clock = clock
        self.leewaySeconds = min(60, max(0, leewaySeconds))
        self.log = log
    }

    /// Who sends a request with these `Authorization` fields, as far as `policy` asks.
    ///
    /// Throws 401, 403, or 503 when there are no keys to verify with.
    public func principal(for policy: Policy, authorization fields: [String]) async throws(Problem) -> Principal? {
        let kind: TokenMemory.Kind
        switch policy {
        case .anyone, .signedPath: return nil
        case .optionalUser:
            if fields.isEmpty { return nil }
            kind = .user
        case .signedIn, .role: kind = .user
        case .service: kind = .service
        }
        guard !fields.isEmpty else { throw .unauthorized() }
        guard let token = Self.token(of: fields) else {
            throw .unauthorized("The Authorization field must be 'Bearer' and a token.", invalidToken: true)
        }
        let principal = try await verify(token, kind)
        try policy.check(principal)
        return principal
    }

    /// Whether keys are at hand, for readiness: throws while tokens of users cannot be verified.
    public func checkKeys() async throws { _ = try await userKeys.keys() }

    /// The token of exactly one field `Bearer …` of RFC 6750; the scheme is read in any case.
    static func token(of fields: [String]) -> String? {
        guard fields.count == 1 else { return nil }
        var field = fields[0]
        // By bytes: a token has some 700, and to split text costs more than to check what it says.
        return field.withUTF8 { bytes in
            guard bytes.count > 7, bytes[6] == UInt8(ascii: " "), zip(bytes, "bearer".utf8).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
            let words = bytes[7...].drop { $0 == UInt8(ascii: " ") }
            let end = words.firstIndex(of: UInt8(ascii: " ")) ?? words.endIndex
            guard end > words.startIndex, words[end...].allSatisfy({ $0 == UInt8(ascii: " ") }) else { return nil }
            return String(decoding: words[..<end], as: UTF8.self)
        }
    }

    private func verify(_ token: String, _ kind: TokenMemory.Kind) async throws(Problem) -> Principal {
        let now = clock.now()
        let seconds = Int(now.unixSeconds)
        let fingerprint = TokenFingerprint(of: token)
        if let known = memory.withLock({ $0.principal(of: fingerprint, at: seconds) }) {
            guard (known.userID != nil) == (kind == .user) else { throw refused("type") }
            if kind == .user { userKeys.renew() } else { serviceKeys.renew() }
            return known
        }
        let found = kind == .user ? try await verifyUser(token, now) : try await verifyService(token, now)
        memory.withLock { $0.set(found, for: fingerprint, kind) }
        return found.principal
    }

    private func verifyUser(_ token: String, _ now: Timestamp) async throws(Problem) -> TokenMemory.Remembered {
        let (verified, _) = try await verified(token, AccessToken.typ, userKeys) { keys in keys }
        do throws(ClaimRefusal) {
            let claims = try TokenClaims(verified.payload)
            let until = try claims.checkTimes(now: now, leewaySeconds: leewaySeconds)
            return TokenMemory.Remembered(principal: try claims.user(), until: until, kid: verified.kid)
        } catch {
            throw refused(error.rawValue)
        }
    }

    private func verifyService(_ token: String, _ now: Timestamp) async throws(Problem) -> TokenMemory.Remembered {
        let (verified, keys) = try await verified(token, ServiceTokenSource.typ, serviceKeys) { keys in keys.keys }
        do throws(ClaimRefusal) {
            let claims = try TokenClaims(verified.payload)
            let until = try claims.checkTimes(now: now, leewaySeconds: leewaySeconds)
            try claims.check(audience: service)
            let issuer = try claims.issuer()
            // A service signs for itself only.
            guard keys.owner(of: verified.kid) == issuer else { throw .issuer }
            return TokenMemory.Remembered(principal: Principal(kind: .service(issuer)), until: until, kid: verified.kid)
        } catch {
            throw refused(error.rawValue)
        }
    }

    /// Checks the signature, with keys fetched anew when the token names one that is not at hand.
    private func verified<Keys: Sendable>(
        _ token: String, _ typ: String, _ cache: KeyCache<Keys>, _ set: (Keys) -> KeySet
    ) async throws(Problem) -> (VerifiedToken, Keys) {
        var keys: Keys
        do { keys = try await cache.keys() } catch { throw .unavailable("What is needed to check access tokens") }
        do throws(TokenRefusal) {
            return (try set(keys).verify(token, typ: typ), keys)
        } catch {
            guard error == .unknownKey, let newer = await cache.newer() else { throw refused("\(error)") }
            keys = newer
        }
        do throws(TokenRefusal) { return (try set(keys).verify(token, typ: typ), keys) } catch { throw refused("\(error)") }
    }

    private func refused(_ reason: String) -> Problem {
        log.debug("token refused", [("reason", .string(reason))])
        return .unauthorized("The access token is not valid or has expired.", invalidToken: true)
    }
}
