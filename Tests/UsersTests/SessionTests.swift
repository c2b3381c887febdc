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

@Suite("Sessions")
struct SessionTests {
    /// Who signs out: the session that the access token of an answer names.
    private func principal(_ user: UserID, _ users: TestUsers, refresh token: String?) async throws -> Principal {
        let hash = OpenSSLSecrets.hash(token ?? "").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let family = try await users.sql("select family::text from sessions where token_hash = '\\x\(hash)'").text(0, 0)
        return Principal(kind: .user(user), roles: [.student], sessionID: family)
    }

    @Test("a refresh token works once; its second use ends the session, and no other")
    func rotation() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            let other = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            let first = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            let second = await users.refresh(first)
            #expect(second.status == 200)
            #expect(second.header("cache-control") == "no-store")
            let third = await users.refresh(second.json["refreshToken"]?.stringValue)
            #expect(third.status == 200)
            let reused = await users.refresh(first)
            #expect(reused.status == 401)
            #expect(reused.problem == "refresh-token-not-valid")
            #expect(await users.refresh(third.json["refreshToken"]?.stringValue).status == 401)
            #expect(await users.refresh(other).status == 200)
            let unknown = await users.refresh("nonsense")
            #expect(unknown.status == 401 && unknown.told == reused.told)
        }
    }

    @Test("of twenty refreshes with one token at once one wins, and the session is over")
    func concurrent() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            let token = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            let answers = await withTaskGroup(of: RouteCaller.Answer.self) { group in
                for _ in 0..<20 { group.addTask { await users.refresh(token) } }
                return await group.reduce(into: [] as [RouteCaller.Answer]) { $0.append($1) }
            }
            let won = answers.filter { $0.status == 200 }
            #expect(won.count == 1)
            #expect(answers.count { $0.status == 401 } == 19)
            #expect(await users.refresh(won.first?.json["refreshToken"]?.stringValue).status == 401)
        }
    }

    @Test("signing out ends the refresh tokens of this session alone, and only of one's own")
    func signOut() async throws {
        try await TestUsers.with { users async throws in
            let user = try await users.active("sam@example.org")
            let here = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            let there = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            let session = try await principal(user, users, refresh: here)
            let thief = Principal(kind: .user(UserID()), roles: [.student], sessionID: session.sessionID)
            #expect(await users.service.call("DELETE", "/v1/sessions/current", as: thief).status == 204)
            #expect(await users.service.call("DELETE", "/v1/sessions/current").status == 401)
            let next = await users.refresh(here).json["refreshToken"]?.stringValue
            #expect(next != nil)
            #expect(await users.service.call("DELETE", "/v1/sessions/current", as: session).status == 204)
            #expect(await users.refresh(next).status == 401)
            #expect(await users.refresh(there).status == 200)
        }
    }

    @Test("a session that is not used for thirty days is over, and is swept a week later")
    func expiry() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            _ = await users.signIn("sam@example.org", "wrong password")
            let token = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            _ = await users.signIn("nobody@example.org", "wrong password")
            users.clock.advance(seconds: 29 * 86_400)
            let next = await users.refresh(token).json["refreshToken"]?.stringValue
            users.clock.advance(seconds: 30 * 86_400 + 1)
            #expect(await users.refresh(next).status == 401)
            let pool = try users.service.context.postgres()
            let store = PostgresSessionStore(pool: pool, users: PostgresUserStore(pool: pool, nudge: {}))
            let now = users.clock.clock.now()
            let swept = try await users.service.context.loops.run { try await store.sweep(before: now.adding(seconds: -7 * 86_400)) }
            // The first refresh token, the mail's token and its count, the failures of the unknown address.
            #expect(swept == 4)
            #expect(try await users.sql("select count(*) from sessions").int8(0, 0) == 1)
            await pool.close()
        }
    }

    @Test("who is suspended gets no more tokens; once active again the token still works, and new roles are in the next one")
    func suspended() async throws {
        try await TestUsers.with { users async throws in
            _ = try await users.active("sam@example.org")
            let token = await users.signIn("sam@example.org").json["refreshToken"]?.stringValue
            _ = try await users.sql("update users set state = 'suspended'")
            #expect(await users.refresh(token).status == 401)
            _ = try await users.sql("update users set state = 'active'")
            let context = users.service.context
            #expect(try await context.loops.run { try await UsersService.grant(.support, to: "sam@example.org", context) })
            #expect(await users.refresh(token).json["user"]?["roles"] == ["student", "support"])
        }
    }
}
