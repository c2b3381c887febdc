import HTTP
import JSON
import TestRoutes
import Testing

@testable import Kit

@Suite struct RequestContextTests {
    private let student = Principal(kind: .user(UserID()), roles: [.student])
    private let thing = "/v1/things/\(UserID())"
    private let fresh = [(name: "if-match", value: "\"7\"")]

    @Test("a client that has it already gets 304 without a body") func notModified() async throws {
        let call = try Sample().caller()
        for tag in ["\"7\"", "W/\"7\"", "\"1\", \"7\"", "*"] {
            let answer = await call("GET", thing, headers: [("if-none-match", tag)])
            #expect(answer.status == 304)
            #expect(answer.header("etag") == "\"7\"")
            #expect(answer.header("content-type") == nil)
        }
        #expect(await call("GET", thing, headers: [("if-none-match", "\"6\"")]).status == 200)
        #expect(await call("GET", thing, headers: [("if-none-match", "rubbish")]).status == 200)
        #expect(await call("HEAD", thing, headers: [("if-none-match", "\"7\"")]).status == 304)
    }

    @Test("an edit without If-Match is 428, a stale one 412, one that cannot be read 400") func ifMatch() async throws {
        let call = try Sample().caller()
        let body: JSONValue = ["name": "x", "count": 1]
        #expect(await call("PATCH", thing, as: student, json: body).status == 428)
        #expect(await call("PATCH", thing, as: student, json: body, headers: [("if-match", "\"6\"")]).status == 412)
        #expect(await call("PATCH", thing, as: student, json: body, headers: [("if-match", "W/\"7\"")]).status == 412)
        #expect(await call("PATCH", thing, as: student, json: body, headers: [("if-match", "7")]).status == 400)
        for tag in ["\"7\"", "*", "\"1\", \"7\""] {
            let answer = await call("PATCH", thing, as: student, json: body, headers: [("if-match", tag)])
            #expect(answer.status == 200)
            #expect(answer.header("etag") == "\"8\"")
        }
    }

    @Test("every wrong field is told at once, with its pointer") func fields() async throws {
        let call = try Sample().caller()
        let answer = await call("PATCH", thing, as: student, json: ["name": "", "role/admin~": true], headers: fresh)
        #expect(answer.status == 422)
        let pointers = answer.json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue }
        #expect(pointers == ["/name", "/count", "/role~1admin~0"])
        #expect(await call("PATCH", thing, as: student, json: [], headers: fresh).status == 422)
    }

    @Test("a body of another kind is 415, one that is not JSON 400, a long one 413") func bodies() async throws {
        let call = try Sample().caller()
        func status(_ type: String?, _ text: String, _ more: [(name: String, value: String)] = []) async -> Int {
            let headers = fresh + more + (type.map { [(name: "content-type", value: $0)] } ?? [])
            return await call("PATCH", thing, as: student, headers: headers, body: Array(text.utf8)).status
        }
        let good = #"{"name":"x","count":1}"#
        for type in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            #expect(await status(type, good) == 200)
        }
        for type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/jsonp", ""] {
            #expect(await status(type, good) == 415, "\(type)")
        }
        #expect(await status(nil, good) == 415)
        #expect(await status("application/json", good, [("content-encoding", "gzip")]) == 415)
        for text in ["", "{", "nul", good + "x", #"{"name":"x","name":"y","count":1}"#, "{\"name\":\"\u{0}\"}"] {
            #expect(await status("application/json", text) == 400, "\(text)")
        }
        #expect(await status("application/json", #"{"name":"\#(String(repeating: "x", count: 1000))","count":1}"#) == 413)
        #expect(await call("PATCH", thing, as: student, headers: fresh).status == 400)
    }

    @Test("a list is read page by page to its end, with a link to the next") func pages() async throws {
        let call = try Sample().caller()
        var seen: [Int] = []
        var target: String? = "/v1/things?limit=10&level=beginner"
        var pages = 0
        while let next = target, pages < 10 {
            let answer = await call("GET", next)
            #expect(answer.status == 200)
            #expect(answer.header("etag") != nil)
            seen += answer.json["items"]?.arrayValue?.compactMap(\.intValue) ?? []
            target = answer.header("link").map { String($0.dropFirst().prefix { $0 != ">" }) }
            #expect((target == nil) == (answer.json["nextCursor"]?.isNull == true))
            if let target { #expect(target.hasPrefix("/v1/things?limit=10&level=beginner&cursor=")) }
            pages += 1
        }
        #expect(seen == Array(0..<25))
        #expect(pages == 3)
    }

    @Test("the default page has 20 items") func defaultPage() async throws {
        #expect(try await Sample().caller()("GET", "/v1/things").json["items"]?.arrayValue?.count == 20)
    }

    @Test(
        "a wrong query is 422 with a pointer to the parameter, or 400",
        arguments: [
            ("limit=0", 422, "?limit"), ("limit=101", 422, "?limit"), ("limit=x", 422, "?limit"), ("limit=1&limit=2", 422, "?limit"),
            ("level=wizard", 422, "?level"), ("cursor=rubbish", 400, nil), ("limit=%zz", 400, nil),
        ])
    func query(text: String, status: Int, pointer: String?) async throws {
        let answer = try await Sample().caller()("GET", "/v1/things?\(text)")
        #expect(answer.status == status)
        #expect(answer.json["errors"]?[0]?["pointer"]?.stringValue == pointer)
    }
}
