import HTTP
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import Testing

@testable import Kit

/// Lets so many in for each client and limit, and counts nothing of one address.
private final class FirstFew: RateLimiter {
    private let used = Locked<[String: Int]>([:])

    func take(_ limit: RateLimit, client: String) async -> RateLimitVerdict? {
        if client == "203.0.113.99" { return nil }
        let used = used.withLock { used in
            used["\(limit.name) \(client)", default: 0] += limit.cost
            return used["\(limit.name) \(client)", default: 0]
        }
        let isAllowed = used <= limit.quota.count
        return RateLimitVerdict(isAllowed: isAllowed, remaining: max(0, limit.quota.count - used), resetSeconds: 12, retrySeconds: isAllowed ? 0 : 7)
    }
}

@Suite("Limits that routes declare") struct RouteLimitTests {
    private let sam = Principal(kind: .user(UserID())), ann = Principal(kind: .user(UserID()))

    private func caller(_ routes: [Route], _ quotas: [String: Quota] = [:]) throws -> RouteCaller {
        let table = try RouteTable(
            service: "sample", routes: routes, authenticator: TestAuthenticator(), admission: nil,
            limiting: RateLimiting(limiter: FirstFew(), gateways: ["127.0.0.1"], quotas: quotas), log: Log(service: "sample", level: .error), metrics: Metrics())
        return RouteCaller(table, on: testLoops)
    }

    private func from(_ address: String) -> [(name: String, value: String)] { [("x-forwarded-for", address)] }

    @Test("the quota passes and the next is 429 with the time to wait; each answer tells what is left, those that failed too")
    func address() async throws {
        let signIn = RateLimit("sign-in", Quota(3, seconds: 60), for: .address)
        let call = try caller([
            Route("POST", "/in", .anyone, limits: [signIn]) { _ in throw Problem.forbidden() },
            Route("POST", "/again", .anyone, limits: [signIn]) { _ in .noContent() }, Route("GET", "/free", .anyone) { _ in .noContent() },
        ])
        for (path, left) in [("/in", 2), ("/again", 1), ("/in", 0)] {
            let answer = await call("POST", path, headers: from("203.0.113.7"))
            #expect(answer.status == (path == "/in" ? 403 : 204))
            #expect(answer.header("ratelimit-policy") == "\"sign-in\";q=3;w=60")
            #expect(answer.header("ratelimit") == "\"sign-in\";r=\(left);t=12")
        }
        let refused = await call("POST", "/again", headers: from("203.0.113.7"))
        #expect(refused.status == 429 && refused.json["type"] == "https://lyceum.example/problems/too-many-requests")
        #expect(refused.header("retry-after") == "7" && refused.header("ratelimit") == "\"sign-in\";r=0;t=12")
        #expect(await call("POST", "/in", headers: from("203.0.113.8")).status == 403)
        #expect(await call("GET", "/free", headers: from("203.0.113.7")).header("ratelimit") == nil)
    }

    @Test("a person is counted wherever they come from, and only once the policy lets them in; who is nobody is their address")
    func person() async throws {
        let upload = RateLimit("upload", Quota(2, seconds: 60), for: .person)
        let call = try caller([
            Route("POST", "/mine", .role([.student]), limits: [upload]) { _ in .noContent() },
            Route("POST", "/open", .optionalUser, limits: [upload]) { _ in .noContent() },
        ])
        let student = Principal(kind: .user(UserID()), roles: [.student])
        for _ in 0..<3 { #expect(await call("POST", "/mine", as: sam, headers: from("203.0.113.1")).status == 403) }
        #expect(await call("POST", "/mine", as: student, headers: from("203.0.113.1")).status == 204)
        #expect(await call("POST", "/open", as: student, headers: from("203.0.113.2")).status == 204)
        #expect(await call("POST", "/mine", as: student, headers: from("203.0.113.3")).status == 429)
        #expect(await call("POST", "/open", as: ann, headers: from("203.0.113.3")).status == 204)
        for status in [204, 204, 429] { #expect(await call("POST", "/open", headers: from("203.0.113.4")).status == status) }
        #expect(await call("POST", "/open", headers: from("203.0.113.5")).status == 204)
    }

    @Test("an address is counted before the token is looked at, and all limits of a route are told")
    func order() async throws {
        let call = try caller([
            Route("GET", "/", .signedIn, limits: [
                RateLimit("person", Quota(9, seconds: 90), for: .person), RateLimit("all", Quota(5, seconds: 60), for: .address, cost: 2),
            ]) { _ in .noContent() },
        ])
        let answer = await call("GET", "/", as: sam)
        #expect(answer.header("ratelimit-policy") == "\"all\";q=5;w=60, \"person\";q=9;w=90")
        #expect(answer.header("ratelimit") == "\"all\";r=3;t=12, \"person\";r=8;t=12")
        #expect(await call("GET", "/").status == 401)
        #expect(await call("GET", "/").status == 429)
    }

    @Test("what nobody can count is let in, and a limit that is off or has another quota is held so")
    func others() async throws {
        let routes = [
            Route("GET", "/a", .anyone, limits: [RateLimit("a", Quota(1, seconds: 60), for: .address)]) { _ in .noContent() },
            Route("GET", "/b", .anyone, limits: [RateLimit("b-c", Quota(1, seconds: 60), for: .address)]) { _ in .noContent() },
        ]
        let call = try caller(routes, ["a": .off, "b-c": Quota(2, seconds: 30)])
        for _ in 0..<3 { #expect(await call("GET", "/a").status == 204) }
        #expect(await call("GET", "/b").header("ratelimit-policy") == "\"b-c\";q=2;w=30")
        for status in [204, 429] { #expect(await call("GET", "/b").status == status) }
        for _ in 0..<3 {
            let answer = await call("GET", "/b", headers: from("203.0.113.99"))
            #expect(answer.status == 204 && answer.header("ratelimit") == nil && answer.header("ratelimit-policy") == nil)
        }
        let configuration = ConfigurationReader(environment: ["LYCEUM_LIMIT_B_C": "7/1m", "LYCEUM_GATEWAY_ADDRESSES": "10.0.0.1, ::1"])
        let limiting = try RateLimiting(FirstFew(), routes: routes, configuration)
        #expect(routes.flatMap { limiting.holding($0.limits) }.map(\.quota) == [Quota(1, seconds: 60), Quota(7, seconds: 60)])
        for wrong in [["LYCEUM_LIMIT_A": "many"], ["LYCEUM_GATEWAY_ADDRESSES": "gateway"]] {
            #expect(throws: ConfigurationError.self) { try RateLimiting(FirstFew(), routes: routes, ConfigurationReader(environment: wrong)) }
        }
    }
}
