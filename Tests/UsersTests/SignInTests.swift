import JOSE
import JSON
import Kit
import Loop
import Postgres
import Stores
import Telemetry
import Testing
import TestRoutes
import TestStores
@testable import Users

@Suite("Signing in")
struct SignInTests {
    @Test("a wrong password and an unknown address get the same answer")
    func same() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            let wrong = await users.signIn("sam@example.org", "wrong password")
            #expect(wrong.status == 401)
            #expect(wrong.problem == "wrong-credentials")
            for address in ["nobody@example.org", "no address at all"] {
                let unknown = await users.signIn(address, "wrong password")
                #expect(unknown.status == 401)
                #expect(unknown.told == wrong.told)
            }
        }
    }

    @Test("who did not confirm the address hears so with the right password alone; who is suspended is refused")
    func states() async throws {
        try await TestUsers.with { users async throws in
            _ = await users.register("sam@example.org")
            let pending = await users.signIn("sam@example.org")
            #expect(pending.status == 403)
            #expect(pending.problem == "email-not-verified")
            #expect(await users.signIn("sam@example.org", "wrong password").status == 401)
            let user = try #require(try await users.id(of: "sam@example.org"))
            #expect(await users.confirm(await users.mailedToken(of: user)).status == 204)
            #expect(await users.signIn("SAM@example.org").status == 201)
            _ = try await users.sql("update users set state = 'suspended'")
            let suspended = await users.signIn("sam@example.org")
            #expect(suspended.status == 403)
            #expect(suspended.problem == "forbidden")
        }
    }

    @Test("the access token is one that every service can check with the published keys, and says who and what")
    func token() async throws {
        try await TestUsers.with { users async throws in
            let user = try await users.active("ines@example.org", teach: true)
            let answer = await users.signIn("ines@example.org")
            #expect(answer.status == 201)
            #expect(answer.header("cache-control") == "no-store")
            #expect(answer.json["tokenType"]?.stringValue == "Bearer")
            #expect(answer.json["expiresIn"]?.intValue == 600)
            let published = await users.service.call("GET", "/.well-known/jwks.json")
            #expect(published.status == 200)
            #expect(published.json["keys"]?.arrayValue?.allSatisfy { $0["d"] == nil } == true)
            let text = try #require(answer.json["accessToken"]?.stringValue)
            let claims = try JSONValue.parse(try KeySet(jwks: published.bytes).verify(text, typ: AccessToken.typ).payload)
            #expect(claims["sub"]?.stringValue == user.description)
            #expect(claims["roles"] == ["instructor", "student"])
            #expect(claims["sid"]?.stringValue.flatMap { SessionID($0) } != nil)
            #expect(answer.json["user"]?["id"]?.stringValue == user.description)
        }
    }

    @Test("ten failures close an address for a quarter of an hour, known or not, and no other")
    func lockout() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            _ = try await users.active("ines@example.org")
            for address in ["sam@example.org", "nobody@example.org"] {
                for _ in 0..<10 { #expect(await users.signIn(address, "wrong password").status == 401) }
                let closed = await users.signIn(address)
                #expect(closed.status == 429)
                #expect(closed.header("retry-after").flatMap { Int($0) } == 900)
            }
            #expect(await users.signIn("ines@example.org").status == 201)
            users.clock.advance(seconds: 600)
            #expect(await users.signIn("sam@example.org").header("retry-after") == "300")
            users.clock.advance(seconds: 301)
            #expect(await users.signIn("sam@example.org").status == 201)
            #expect(await users.signIn("sam@example.org", "wrong password").status == 401)
        }
    }

    @Test("of forty wrong passwords at once ten are looked at")
    func burst() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            for address in ["sam@example.org", "nobody@example.org"] {
                let statuses = await withTaskGroup(of: Int.self) { group in
                    for _ in 0..<40 { group.addTask { await users.signIn(address, "wrong password").status } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.count { $0 == 401 } == 10)
                #expect(statuses.count { $0 == 429 } == 30)
            }
        }
    }

    @Test("a right password is no failure, also where the account may not sign in")
    func rightPassword() async throws {
        try await TestUsers.with { users async throws in
            _ = await users.register("sam@example.org")
            for _ in 0..<12 { #expect(await users.signIn("sam@example.org").status == 403) }
            _ = try await users.active("ines@example.org")
            _ = try await users.sql("update users set state = 'suspended' where email = 'ines@example.org'")
            for _ in 0..<12 { #expect(await users.signIn("ines@example.org").status == 403) }
        }
    }

    @Test("a try that the hasher had no room for is taken back, and the period stays")
    func takenBack() async throws {
        try await TestUsers.with { users async throws in
            let pool = try users.service.context.postgres()
            let store = PostgresUserStore(pool: pool, nudge: {})
            let sam = try #require(EmailAddress("sam@example.org"))
            let (key, now) = (OpenSSLSecrets.hash(sam.key), users.clock.clock.now())
            let counts = try await users.service.context.loops.run {
                var counts: [Int] = []
                for second in 0..<3 {
                    let (start, time) = (now.adding(seconds: -900), now.adding(seconds: Double(second)))
                    counts.append(try await store.beginSignIn(with: sam, key, periodStart: start, at: time).failures)
                    if second == 1 { try await store.takeBackFailure(of: key) }
                }
                counts.append(try await store.beginSignIn(with: sam, key, periodStart: now, at: now.adding(seconds: 900)).failures)
                return counts
            }
            #expect(counts == [1, 2, 2, 1])
            await pool.close()
        }
    }

    @Test("a sign-in that works forgets the failures before it")
    func forgotten() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            for _ in 0..<2 {
                for _ in 0..<9 { #expect(await users.signIn("sam@example.org", "wrong password").status == 401) }
                #expect(await users.signIn("sam@example.org").status == 201)
            }
        }
    }
}
