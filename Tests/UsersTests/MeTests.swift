import JSON
import Kit
import Loop
import Postgres
import Testing
import TestRoutes
import TestStores
@testable import Users

@Suite("The own account, and what other services are told")
struct MeTests {
    @Test("an edit needs the version that it was made from, and makes another")
    func edits() async throws {
        try await TestUsers.with { users async throws in
            let sam = Principal(kind: .user(try await users.active("sam@example.org")), roles: [.student])
            let call = users.service.call
            let me = await call("GET", "/v1/me", as: sam)
            #expect(me.status == 200)
            #expect(me.json["email"]?.stringValue == "sam@example.org")
            let tag = try #require(me.header("etag"))
            #expect(await call("GET", "/v1/me", as: sam, headers: [("if-none-match", tag)]).status == 304)
            #expect(await call("PATCH", "/v1/me", as: sam, json: ["displayName": "Sue"]).status == 428)
            #expect(await call("PATCH", "/v1/me", as: sam, json: ["displayName": "Sue"], headers: [("if-match", "\"99\"")]).status == 412)
            #expect(await call("PATCH", "/v1/me", as: sam, json: ["displayName": "Sue"], headers: [("if-match", "W/\(tag)")]).status == 412)
            #expect(await call("PATCH", "/v1/me", as: sam, json: ["displayName": "Sue"], headers: [("if-match", "Sue")]).status == 400)
            let edited = await call(
                "PATCH", "/v1/me", as: sam, json: ["displayName": "Sue", "timeZone": "Europe/Vienna"], headers: [("if-match", tag)])
            #expect(edited.status == 200)
            #expect(edited.json["displayName"]?.stringValue == "Sue")
            #expect(edited.json["locale"]?.stringValue == "en")
            #expect(edited.header("etag") != tag)
            #expect(await call("PATCH", "/v1/me", as: sam, json: ["displayName": "Sam"], headers: [("if-match", tag)]).status == 412)
            #expect(await call("GET", "/v1/me", as: sam, headers: [("if-none-match", tag)]).json["timeZone"]?.stringValue == "Europe/Vienna")
        }
    }

    @Test("of twenty edits of one version at once one is made")
    func concurrent() async throws {
        try await TestUsers.with { users async throws in
            let sam = Principal(kind: .user(try await users.active("sam@example.org")), roles: [.student])
            let tag = await users.service.call("GET", "/v1/me", as: sam).header("etag") ?? ""
            let statuses = await withTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let edit: JSONValue = ["displayName": .string("Sam \(number)")]
                        return await users.service.call("PATCH", "/v1/me", as: sam, json: edit, headers: [("if-match", tag)]).status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 412 } == 19)
        }
    }

    @Test("nobody edits what is not theirs to edit")
    func refused() async throws {
        try await TestUsers.with { users async throws in
            let sam = Principal(kind: .user(try await users.active("sam@example.org")), roles: [.student])
            for (body, pointer) in [
                (["roles": ["admin"]], "/roles"), (["state": "active"], "/state"), (["email": "b@example.org"], "/email"), (["id": "x"], "/id"),
                (["displayName": "a\nb"], "/displayName"), (["displayName": 7], "/displayName"), (["locale": "german"], "/locale"),
                (["timeZone": "../etc/passwd"], "/timeZone"),
            ] as [(JSONValue, String)] {
                let answer = await users.service.call("PATCH", "/v1/me", as: sam, json: body, headers: [("if-match", "*")])
                #expect(answer.status == 422)
                #expect(answer.pointers == [pointer])
            }
            let me = await users.service.call("GET", "/v1/me", as: sam)
            #expect(me.json["roles"] == ["student"])
            #expect(me.json["displayName"]?.stringValue == "Sam")
        }
    }

    @Test("a role that is granted makes another version; a token of nobody is refused")
    func versions() async throws {
        try await TestUsers.with { users async throws in
            let sam = Principal(kind: .user(try await users.active("sam@example.org")), roles: [.student])
            let tag = await users.service.call("GET", "/v1/me", as: sam).header("etag") ?? ""
            let context = users.service.context
            for _ in 0..<2 { #expect(try await context.loops.run { try await UsersService.grant(.admin, to: "Sam@example.org", context) }) }
            let now = await users.service.call("GET", "/v1/me", as: sam, headers: [("if-none-match", tag)])
            #expect(now.status == 200)
            #expect(now.json["roles"] == ["admin", "student"])
            #expect(try await users.sql("select count(*) from audit where what = 'role-granted'").int8(0, 0) == 1)
            #expect(try await context.loops.run { try await UsersService.grant(.admin, to: "nobody@example.org", context) } == false)
            let nobody = Principal(kind: .user(UserID()), roles: [.student])
            #expect(await users.service.call("GET", "/v1/me", as: nobody).status == 401)
            #expect(await users.service.call("PATCH", "/v1/me", as: nobody, json: ["displayName": "A"], headers: [("if-match", "*")]).status == 401)
            #expect(await users.service.call("GET", "/v1/me").status == 401)
        }
    }

    @Test("contacts are for the service that writes mails, names for the one that shows them, neither for users")
    func others() async throws {
        try await TestUsers.with { users async throws in
            let user = try await users.active("Sam@example.org")
            let (mails, courses) = (Principal(kind: .service("notifications")), Principal(kind: .service("courses")))
            let call = users.service.callInternal
            let contact = await call("GET", "/internal/v1/users/\(user)/contact", as: mails)
            #expect(contact.json == ["email": "Sam@example.org", "displayName": "Sam", "locale": "en"])
            #expect(await call("GET", "/internal/v1/users/\(UserID())/contact", as: mails).status == 404)
            #expect(await call("GET", "/internal/v1/users/me/contact", as: mails).status == 404)
            let names = await call("GET", "/internal/v1/users?ids=\(user),\(UserID())", as: courses)
            #expect(names.json["items"] == [["id": .string(user.description), "displayName": "Sam"]])
            #expect(await call("GET", "/internal/v1/users?ids=me", as: courses).status == 422)
            let sam = Principal(kind: .user(user), roles: [.admin])
            for (path, method, wrong) in [
                ("/\(user)/contact", "GET", courses), ("/\(user)/verification", "POST", courses), ("?ids=\(user)", "GET", mails),
            ] {
                #expect(await call(method, "/internal/v1/users\(path)", as: wrong).status == 403)
                #expect(await call(method, "/internal/v1/users\(path)", as: sam).status == 401)
                #expect(await call(method, "/internal/v1/users\(path)").status == 401)
            }
            #expect(await users.service.call("GET", "/internal/v1/users/\(user)/contact", as: mails).status == 404)
        }
    }
}
