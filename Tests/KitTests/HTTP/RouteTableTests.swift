import HTTP
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import Testing

@testable import Kit

/// Routes that show what Kit does around and for a handler.
struct Sample {
    struct Hidden: Error {}
    struct Busy: ProblemConvertible { var problem: Problem { .conflict(slug: "busy", title: "Busy", detail: "Try later.") } }
    enum Level: String, CaseIterable { case beginner, expert }
    struct Item: JSONWritable {
        let number: Int
        func write(to json: inout JSONWriter) { json.int(number) }
    }

    let sink = MemorySink()
    let metrics = Metrics()
    var log: Log { Log(service: "sample", level: .debug, sink: sink) }

    static let routes: [Route] = [
        Route("GET", "/v1/things/{thingId}", .anyone) { context in
            let id: UserID = try context.id("thingId")
            return .json(id).etag(ETag(revision: 7), for: context.request)
        },
        Route("PATCH", "/v1/things/{thingId}", .signedIn, bodyLimit: 1000) { context in
            try context.ifMatch().check(revision: 7)
            let (name, count) = try await context.fields { fields in
                (fields.string("name", length: 1...20), fields.int("count", in: 1...9))
            }
            return .json(etag: ETag(revision: 8), JSONWriter.object { $0.field("name", name); $0.field("count", count) })
        },
        Route("POST", "/v1/things", .role([.instructor])) { _ in .created(location: "/v1/things/7", etag: ETag(revision: 1), Item(number: 7)) },
        Route("GET", "/v1/things", .optionalUser) { context in
            let page = try context.page()
            let from = try page.cursor?.int(0) ?? 0
            let level: Level? = try context.queryChoice("level")
            #expect(level != .expert)
            return .page(Page(found: (from..<25).prefix(page.limit + 1).map(Item.init), for: page) { Cursor($0.number + 1) }, for: context)
        },
        Route("GET", "/v1/me", .signedIn) { context in .json(try context.userID) },
        Route("DELETE", "/v1/me", .signedIn) { _ in .noContent() },
        Route("GET", "/internal/v1/things", .service(["media"])) { context in .json(JSONValue.string(context.principal?.serviceName ?? "")) },
        Route("GET", "/v1/hidden", .anyone) { _ in throw Hidden() },
        Route("GET", "/v1/busy", .anyone) { _ in throw Busy() },
        Route("GET", "/v1/trace", .anyone, timeoutMilliseconds: 300) { context in
            context.log.info("inside")
            let remaining = context.deadline.remainingMilliseconds
            #expect(Deadline.milliseconds(atMost: 10_000) <= 300 && remaining > 0)
            return .json(JSONValue.string(Trace.current?.traceparent ?? ""))
        },
    ]

    func table(_ routes: [Route] = Sample.routes) throws -> RouteTable {
        try RouteTable(service: "sample", routes: routes, authenticator: TestAuthenticator(), log: log, metrics: metrics)
    }
    func caller() throws -> RouteCaller { RouteCaller(try table(), on: testLoops) }
}

@Suite struct RouteTableTests {
    private let sample = Sample()
    private let student = Principal(kind: .user(UserID()), roles: [.student])
    private let instructor = Principal(kind: .user(UserID()), roles: [.student, .instructor])
    private let media = Principal(kind: .service("media"))

    @Test("two routes that match the same requests keep a service from starting, and are named") func conflict() {
        let routes = [
            Route("GET", "/v1/things/{id}", .anyone) { _ in .noContent() }, Route("PUT", "/v1/things/{id}", .anyone) { _ in .noContent() },
            Route("GET", "/v1/things/{name}", .anyone) { _ in .noContent() },
        ]
        let error = #expect(throws: RouteTable.Conflict.self) { try sample.table(routes) }
        #expect(error?.description == "GET /v1/things/{name} and GET /v1/things/{id} match the same requests")
        #expect(throws: RouteTable.Conflict.self) { try sample.table([Route("GET", "v1", .anyone) { _ in .noContent() }]) }
    }

    @Test("a route whose policy names nobody keeps a service from starting, and is named") func nobody() {
        for policy in [Policy.role([]), .service([])] {
            let error = #expect(throws: RouteTable.Conflict.self) { try sample.table(Sample.routes + [Route("PUT", "/v1/new", policy) { _ in .noContent() }]) }
            #expect(error?.description == "PUT /v1/new: its policy names nobody, so nobody has said who may")
        }
    }

    @Test("whoever may not is told 401 or 403 before the handler runs") func policies() async throws {
        let call = try sample.caller()
        #expect(await call("GET", "/v1/me").status == 401)
        #expect(await call("GET", "/v1/me").header("www-authenticate") == "Bearer realm=\"lyceum\"")
        #expect(await call("GET", "/v1/me", as: media).status == 401)
        #expect(await call("GET", "/v1/me", as: student).status == 200)
        #expect(await call("POST", "/v1/things", as: student).status == 403)
        #expect(await call("POST", "/v1/things", as: instructor).status == 201)
        #expect(await call("GET", "/internal/v1/things", as: instructor).status == 401)
        #expect(await call("GET", "/internal/v1/things", as: Principal(kind: .service("search"))).status == 403)
        #expect(await call("GET", "/internal/v1/things", as: media).json == "media")
    }

    @Test("what was made is told with its place and tag") func created() async throws {
        let answer = try await sample.caller()("POST", "/v1/things", as: instructor)
        #expect(answer.header("location") == "/v1/things/7")
        #expect(answer.header("etag") == "\"1\"")
        #expect(answer.json == 7)
    }

    @Test("every problem is problem+json with type, title, status and the trace") func problems() async throws {
        let call = try sample.caller()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let cases: [(String, String, Int, String)] = [
            ("GET", "/v1/nothing", 404, "not-found"), ("POST", "/v1/me", 405, "method-not-allowed"), ("GET", "/v1/things/1", 404, "not-found"),
            ("GET", "/v1/things/%zz", 400, "malformed-request"), ("GET", "/v1/hidden", 500, "internal-error"), ("GET", "/v1/busy", 409, "busy"),
        ]
        for (method, target, status, slug) in cases {
            let answer = await call(method, target, headers: [("traceparent", trace)])
            #expect(answer.status == status, "\(target)")
            #expect(answer.header("content-type") == "application/problem+json")
            #expect(answer.json["type"]?.stringValue == "https://lyceum.example/problems/\(slug)")
            #expect(answer.json["status"]?.intValue == status)
            #expect(answer.json["traceId"] == "0af7651916cd43dd8448eb211c80319c")
        }
        #expect(await call("POST", "/v1/me").header("allow") == "DELETE, GET, HEAD")
    }

    @Test("an unknown error is in the log and never in the answer") func hidden() async throws {
        let answer = try await sample.caller()("GET", "/v1/hidden")
        #expect(answer.status == 500)
        #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("Hidden"))
        #expect(sample.sink.lines.contains { $0.contains("request failed") && $0.contains("Hidden") })
    }

    @Test("every answer has the request's id, and no sniffing; personal ones are not stored") func headers() async throws {
        let call = try sample.caller()
        let personal = await call("GET", "/v1/me", as: student, headers: [("x-request-id", "abc-1")])
        #expect(personal.header("x-request-id") == "abc-1")
        #expect(personal.header("x-content-type-options") == "nosniff")
        #expect(personal.header("cache-control") == "no-store")
        let open = await call("GET", "/v1/things/\(UserID())", headers: [("x-request-id", "a b\u{7f}")])
        #expect(try UUID16(#require(open.header("x-request-id"))) != nil)
        #expect(open.header("cache-control") == nil)
        #expect(await call("GET", "/none").header("x-content-type-options") == "nosniff")
    }

    @Test("the handler runs in a child of the caller's trace, and its log lines say so") func trace() async throws {
        let call = try sample.caller()
        let answer = await call("GET", "/v1/trace", headers: [
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("x-request-id", "r-1"),
        ])
        let inside = try #require(Trace(traceparent: answer.json.stringValue ?? ""))
        #expect(inside.traceIDText == "0af7651916cd43dd8448eb211c80319c")
        #expect(inside.spanIDText != "b7ad6b7169203331")
        #expect(inside.isSampled)
        let lines = sample.sink.lines.filter { $0.contains("\"requestId\":\"r-1\"") && $0.contains(inside.spanIDText) }
        #expect(lines.contains { $0.contains("\"message\":\"inside\"") })
        #expect(lines.contains { $0.contains("\"message\":\"request\"") && $0.contains("\"status\":200") && $0.contains("/v1/trace") })
        for bad in ["00-00000000000000000000000000000000-b7ad6b7169203331-01", "x"] {
            let other = await call("GET", "/v1/trace", headers: [("traceparent", bad)])
            #expect(Trace(traceparent: other.json.stringValue ?? "") != nil)
        }
    }

    @Test("requests are counted by matched route, never by what the client wrote") func metrics() async throws {
        let call = try sample.caller()
        _ = await call("GET", "/v1/things/\(UserID())")
        _ = await call("GET", "/v1/secret-path")
        _ = await call("BREW", "/v1/me")
        let text = String(decoding: sample.metrics.text(), as: UTF8.self)
        #expect(text.contains(#"http_requests_total{service="sample",method="GET",route="/v1/things/{thingId}",status="200"} 1"#))
        #expect(text.contains(#"http_requests_total{service="sample",method="GET",route="(none)",status="404"} 1"#))
        #expect(text.contains(#"http_requests_total{service="sample",method="other",route="(none)",status="405"} 1"#))
        #expect(text.contains("http_request_duration_seconds_count{service=\"sample\",method=\"GET\",route=\"/v1/things/{thingId}\"} 1"))
        #expect(!text.contains("secret-path"))
    }
}
