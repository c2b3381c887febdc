import JSON
import Kit
import Postgres
import Testing
import TestRoutes
import TestStores
import UsersAPI
@testable import Users

@Suite("Registering")
struct RegisterTests {
    @Test("the answer is the same whether or not the address has an account, and its owner is written to")
    func sameAnswer() async throws {
        try await TestUsers.with { users async throws in
            let first = await users.register("Sam@Example.org")
            let again = await users.register("sam@example.org")
            #expect(first.status == 202 && again.status == 202)
            #expect(first.bytes == again.bytes)
            let user = try #require(try await users.id(of: "sam@example.org"))
            #expect(try await users.told(UserRegistered.eventType).map { try $0.facts(UserRegistered.self).userID } == [user])
            #expect(await users.confirm(await users.mailedToken(of: user)).status == 204)
            let third = await users.register("sam@example.org", password: "another long password here")
            #expect(third.status == 202 && third.bytes == first.bytes)
            let asked = try await users.told(UserVerificationRequested.eventType).map { try $0.facts(UserVerificationRequested.self) }
            #expect(asked.map(\.userID) == [user, user])
            #expect(asked.map(\.isActive) == [false, true])
            #expect(await users.signIn("sam@example.org").status == 201)
            #expect(await users.signIn("sam@example.org", "another long password here").status == 401)
        }
    }

    @Test("twenty registrations of one address at once make one account, and no more mails than an address gets in an hour")
    func concurrent() async throws {
        try await TestUsers.with { users async throws in
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { await users.register("sam@example.org").status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 202 })
            #expect(try await users.sql("select count(*) from users").int8(0, 0) == 1)
            #expect(try await users.told(UserRegistered.eventType).count == 1)
            #expect(try await users.told(UserVerificationRequested.eventType).count == 4)
        }
    }

    @Test("an address gets five mails an hour, however they are asked for, and the answer does not tell")
    func flooded() async throws {
        try await TestUsers.with { users async throws in
            func ask(_ email: String) async -> RouteCaller.Answer {
                await users.service.call("POST", "/v1/users/verification-requests", json: ["email": .string(email)])
            }
            let first = await users.register("sam@example.org")
            for _ in 0..<3 { #expect(await ask("Sam@example.org").bytes == first.bytes) }
            for _ in 0..<3 { #expect(await users.register("sam@example.org").bytes == first.bytes) }
            for _ in 0..<8 { #expect(await ask("sam@example.org").status == 202) }
            for _ in 0..<8 { #expect(await ask("nobody@example.org").bytes == first.bytes) }
            #expect(try await users.told(UserVerificationRequested.eventType).count == 4)
            // Known or not, each was counted: the work is the same.
            #expect(try await users.sql("select count from mail_requests order by count").int4(0, 0) == 8)
            _ = await users.register("ines@example.org")
            #expect(try await users.told(UserRegistered.eventType).count == 2)
            users.clock.advance(seconds: 3600)
            #expect(await ask("sam@example.org").status == 202)
            #expect(try await users.told(UserVerificationRequested.eventType).count == 5)
        }
    }

    @Test("of an address that nobody confirmed the last registration counts, and earlier mails confirm nothing")
    func takenOver() async throws {
        try await TestUsers.with { users async throws in
            _ = await users.register("victim@example.org", password: "the attacker waits here")
            let user = try #require(try await users.id(of: "victim@example.org"))
            let early = await users.mailedToken(of: user)
            _ = await users.register("victim@example.org", name: "Vic")
            #expect(await users.confirm(early).status == 422)
            #expect(await users.confirm(await users.mailedToken(of: user)).status == 204)
            #expect(await users.signIn("victim@example.org", "the attacker waits here").status == 401)
            let signedIn = await users.signIn("victim@example.org")
            #expect(signedIn.status == 201)
            #expect(signedIn.json["user"]?["displayName"]?.stringValue == "Vic")
        }
    }

    @Test("what is wrong is named, and nobody sets what is not theirs to set")
    func refused() async throws {
        try await TestUsers.with { users async throws in
            let good: JSONValue = ["email": "a@example.org", "password": "seventeen grey herons", "displayName": "A"]
            for (name, value, pointer) in [
                ("email", "no address", "/email"), ("email", "a@b@example.org", "/email"), ("email", .null, "/email"),
                ("password", "too short", "/password"),
                ("password", "aaaaaaaaaaaaaaaaaaaa", "/password"), ("displayName", "", "/displayName"), ("displayName", "  ", "/displayName"),
                ("displayName", "Sam\r\nBcc: all@example.org", "/displayName"), ("displayName", "\u{202E}maS", "/displayName"),
                ("locale", "English", "/locale"), ("roles", ["admin"], "/roles"), ("state", "active", "/state"), ("id", "x", "/id"),
            ] as [(String, JSONValue, String)] {
                var fields = try #require(good.objectValue)
                fields[name] = value
                let answer = await users.service.call("POST", "/v1/users", json: .object(fields))
                #expect(answer.status == 422, "\(name) \(value)")
                #expect(answer.pointers == [pointer])
            }
            #expect(await users.service.call("POST", "/v1/users", json: [:]).pointers == ["/email", "/password", "/displayName"])
            for (type, text, status) in [("application/json", "{", 400), ("text/plain", "{}", 415)] {
                let answer = await users.service.call("POST", "/v1/users", headers: [("content-type", type)], body: Array(text.utf8))
                #expect(answer.status == status)
            }
            #expect(try await users.sql("select count(*) from users").int8(0, 0) == 0)
        }
    }
}

@Suite("Confirming an address")
struct VerificationTests {
    @Test("a token confirms once, tells of it once, and who wants to teach becomes an instructor")
    func once() async throws {
        try await TestUsers.with { users async throws in
            _ = await users.register("ines@example.org", teach: true)
            let user = try #require(try await users.id(of: "ines@example.org"))
            let token = await users.mailedToken(of: user)
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { await users.confirm(token).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 204 } == 1)
            #expect(statuses.count { $0 == 422 } == 9)
            #expect(try await users.told(UserVerified.eventType).count == 1)
            let signedIn = await users.signIn("ines@example.org")
            #expect(signedIn.json["user"]?["roles"] == ["instructor", "student"])
            #expect(await users.mailedToken(of: user) == nil)
        }
    }

    @Test("a token lasts a day, an unknown one nothing, and no store holds it")
    func expiry() async throws {
        try await TestUsers.with { users async throws in
            _ = await users.register("sam@example.org")
            let user = try #require(try await users.id(of: "sam@example.org"))
            let token = try #require(await users.mailedToken(of: user))
            #expect(try await users.sql("select hash from one_time_tokens").bytes(0, 0) != Array(token.utf8))
            #expect(await users.confirm("nonsense").pointers == ["/token"])
            users.clock.advance(seconds: 86_401)
            #expect(await users.confirm(token).status == 422)
            #expect(await users.signIn("sam@example.org").problem == "email-not-verified")
            #expect(await users.confirm(await users.mailedToken(of: user)).status == 204)
        }
    }

    @Test("another mail is asked for with one answer for every address")
    func again() async throws {
        try await TestUsers.with { users async throws in
            _ = await users.register("sam@example.org")
            let known = await users.service.call("POST", "/v1/users/verification-requests", json: ["email": "sam@example.org"])
            let unknown = await users.service.call("POST", "/v1/users/verification-requests", json: ["email": "nobody@example.org"])
            #expect(known.status == 202 && unknown.status == 202)
            #expect(known.bytes == unknown.bytes)
            #expect(try await users.told(UserVerificationRequested.eventType).count == 1)
            #expect(await users.service.call("POST", "/v1/users/verification-requests", json: ["email": "nobody"]).status == 422)
        }
    }
}
