import JOSE
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import TestStores
import Testing
@testable import Kit
@testable import Users

/// From the folder of keys through sign-in and the published set to a service that checks tokens: nobody is refused while keys change.
@Suite struct KeyRotationTests {
    /// A service elsewhere, which fetches the keys over HTTP as production does, and whose monotonic clock goes with the test's.
    private struct Elsewhere {
        let authenticator: Authenticator
        let fetches = Locked(0)

        init(_ users: TestUsers, from start: Timestamp) {
            let log = Log(service: "courses", sink: MemorySink())
            authenticator = Authenticator(
                service: "courses", userKeys: { [fetches] in
                    fetches.withLock { $0 += 1 }
                    return await users.service.call("GET", "/.well-known/jwks.json").bytes
                }, serviceKeys: { [] }, log: log, clock: users.clock.clock, leewaySeconds: 30, remembering: 100, times: KeyCacheTimes(),
                now: { Int((users.clock.clock.now() - start) * 1000) })
        }

        func status(_ token: String) async -> Int {
            do {
                _ = try await authenticator.principal(for: .signedIn, authorization: ["Bearer \(token)"])
                return 200
            } catch { return error.status }
        }
    }

    private func kid(_ token: String) -> String? {
        Base64.url.decode(token.prefix { $0 != "." }).flatMap { try? JSONValue.parse($0)["kid"]?.stringValue }
    }

    @Test("a rotation refuses no token: the new key is known before it signs, and the old one until its last token has expired")
    func rotation() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            let start = users.clock.clock.now(), elsewhere = Elsewhere(users, from: start)
            let new = try SigningKey.generate()
            try users.keys.write(
                try new.privateJWK(), to: SigningKeys.fileName(of: "users-signing", signsFrom: start.adding(seconds: 900)))
            var refresh = try #require(await users.signIn("sam@example.org").json["refreshToken"]?.stringValue)
            var alive: [(token: String, until: Timestamp)] = [], signers: [String?] = []
            // 40 minutes, a new token every 20 seconds, and every token that lives is shown each time.
            for _ in 0..<120 {
                users.clock.advance(seconds: 20)
                let now = users.clock.clock.now()
                let answer = await users.refresh(refresh)
                refresh = try #require(answer.json["refreshToken"]?.stringValue)
                let token = try #require(answer.json["accessToken"]?.stringValue)
                if signers.last != kid(token) { signers.append(kid(token)) }
                alive.append((token, now.adding(seconds: 600)))
                alive.removeAll { $0.until <= now }
                for (token, until) in alive {
                    let status = await elsewhere.status(token)
                    #expect(status == 200, "\(now - start) s, signed by \(kid(token) ?? "nobody"), expires in \(until - now) s")
                }
            }
            #expect(signers.count == 2 && signers.last == new.kid, "the key changed once")
            #expect((2...60).contains(elsewhere.fetches.withLock { $0 }), "keys are fetched at most once a minute")
            let published = await users.service.call("GET", "/.well-known/jwks.json")
            #expect(try KeySet(jwks: published.bytes).keys.map(\.kid) == [new.kid], "the old key is gone when nothing of it can be alive")
        }
    }

    @Test("a key that begins to sign without notice is asked for, once, and not for every forged token")
    func unknownKey() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            let start = users.clock.clock.now(), elsewhere = Elsewhere(users, from: start)
            let first = try #require(await users.signIn("sam@example.org").json["accessToken"]?.stringValue)
            #expect(await elsewhere.status(first) == 200)
            try users.keys.write(try SigningKey.generate().privateJWK(), to: SigningKeys.fileName(of: "users-signing", signsFrom: start))
            users.clock.advance(seconds: 31)
            let second = try #require(await users.signIn("sam@example.org").json["accessToken"]?.stringValue)
            #expect(kid(second) != kid(first))
            #expect(await elsewhere.status(second) == 200)
            #expect(elsewhere.fetches.withLock { $0 } == 2)
            let stranger = try SigningKey.generate()
            let claims = AccessToken(user: UserID(), roles: [.admin], sessionID: nil, now: users.clock.clock.now()).jsonBuffer.array
            for _ in 0..<20 { #expect(await elsewhere.status(try stranger.sign(claims, typ: AccessToken.typ)) == 401) }
            #expect(elsewhere.fetches.withLock { $0 } == 2, "a forged token made the keys be fetched")
            #expect(await elsewhere.status(first) == 200)
        }
    }
}
