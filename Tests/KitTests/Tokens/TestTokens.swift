import JOSE
import JSON
import Loop
import Telemetry

@testable import Kit

/// Keys, a clock that stands where a test puts it, and authenticators that know both.
final class TestTokens: Sendable {
    let users: SigningKey
    let media: SigningKey
    let courses: SigningKey
    let time = Locked(Timestamp(unixSeconds: 1_795_268_436))
    let fetches = Locked(0)
    let userJWKS: Locked<[UInt8]?>
    let sink = MemorySink()

    init() throws {
        users = try SigningKey.generate()
        media = try SigningKey.generate()
        courses = try SigningKey.generate()
        userJWKS = Locked(KeySet([users.publicKey]).json.array)
    }

    var clock: WallClock { WallClock { [time] in time.withLock { $0 } } }
    var now: Timestamp { clock.now() }
    func forward(_ seconds: Double) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    struct Away: Error {}

    func authenticator(
        of service: String = "courses", remembering: Int = 10_000, times: KeyCacheTimes = KeyCacheTimes(),
        milliseconds: @escaping @Sendable () -> Int = { monotonicMilliseconds() }
    ) -> Authenticator {
        let services = ServiceKeys.document([("media", media.publicKey), ("courses", courses.publicKey)]).array
        return Authenticator(
            service: service,
            userKeys: { [fetches, userJWKS] in
                fetches.withLock { $0 += 1 }
                guard let jwks = userJWKS.withLock({ $0 }) else { throw Away() }
                return jwks
            }, serviceKeys: { services }, log: Log(service: service, level: .debug, sink: sink), clock: clock, leewaySeconds: 30,
            remembering: remembering, times: times, now: milliseconds)
    }

    /// A good access token, or one whose claims are changed.
    func access(_ change: (inout JSONObject) -> Void = { _ in }, key: SigningKey? = nil, typ: String = AccessToken.typ) throws -> String {
        try sign(AccessToken(user: UserID(), roles: [.student, .instructor], sessionID: "s1", now: now), change, key ?? users, typ)
    }

    func sign(_ claims: some JSONWritable, _ change: (inout JSONObject) -> Void, _ key: SigningKey, _ typ: String) throws -> String {
        var object = try JSONValue.parse(claims.jsonBuffer).objectValue ?? JSONObject()
        change(&object)
        return try key.sign(JSONValue.object(object).jsonBuffer.array, typ: typ)
    }
}
