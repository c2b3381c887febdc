import HTTP
import JSON
import Loop
import Telemetry
import TestRoutes
import Testing

@testable import Kit

/// A store in memory, and a thing that is made once for each effect.
private final class Shelf: IdempotencyStore {
    struct Broken: Error {}
    let rows = Locked<[String: (answer: KeptAnswer, fingerprint: [UInt8])]>([:])
    let made = Locked(0)
    let failure = Locked<Problem?>(nil)
    /// What becomes of the news that the effect and its answer are kept.
    let loss = Locked<Problem?>(nil)
    /// Whether the effect looks for its answer itself.
    let looksInTransaction: Bool

    init(looksInTransaction: Bool = false) { self.looksInTransaction = looksInTransaction }

    func find(_ request: IdempotentRequest) async throws -> (answer: KeptAnswer, fingerprint: [UInt8])? { rows.withLock { $0[Self.name(request)] } }

    func make(_ once: Once<Int>) async throws -> Int {
        if let failure = failure.withLock({ $0 }) { throw failure }
        if looksInTransaction, let request = once.request, let found = try await find(request) {
            try request.checkIsSame(as: found.fingerprint)
            throw AlreadyAnswered(found.answer)
        }
        let number = made.withLock { $0 += 1; return $0 }
        if let row = try once.row(for: number) { rows.withLock { $0[Self.name(row.request)] = (row.answer, row.request.fingerprint) } }
        if let loss = loss.withLock({ $0 }) { throw loss }
        return number
    }

    private static func name(_ request: IdempotentRequest) -> String { "\(request.user) \(request.route) \(request.key)" }

    func caller(_ rule: IdempotencyRule) throws -> RouteCaller {
        let handler: Route.Handler = { [self] context in
            _ = try await context.json()
            return try await context.once(self, fields: ["x-more"]) { number in
                .created(location: "/v1/things/\(number)", etag: ETag(revision: number), JSONValue.int(number)).with("x-own", "not kept")
            } effect: { once in try await make(once) }
        }
        let routes = [Route("POST", "/v1/things", .signedIn, idempotency: rule, handler: handler), Route("POST", "/v1/others", .signedIn, idempotency: rule, handler: handler)]
        let loops = LoopGroup(count: 1)
        return RouteCaller(try RouteTable(service: "t", routes: routes, authenticator: TestAuthenticator(), log: Log(service: "t", level: .error)), on: loops)
    }
}

@Suite("An effect that happens once")
struct OnceTests {
    private let shelf = Shelf()
    private let sam = Principal(kind: .user(UserID())), ann = Principal(kind: .user(UserID()))
    private func keyed(_ key: String, _ more: String = "") -> [(name: String, value: String)] { [("idempotency-key", "\"\(key)\""), ("x-more", more)] }

    @Test("the same request again gets the first answer, which says that it was kept, and makes nothing", arguments: [false, true])
    func replay(looksInTransaction: Bool) async throws {
        let shelf = Shelf(looksInTransaction: looksInTransaction)
        let call = try shelf.caller(.optional)
        let first = await call("POST", "/v1/things", as: sam, json: [:], headers: keyed("a"))
        #expect(first.status == 201)
        #expect(first.header("idempotency-replayed") == nil)
        for _ in 0..<2 {
            let again = await call("POST", "/v1/things", as: sam, json: [:], headers: keyed("a"))
            #expect(again.status == 201)
            #expect(again.bytes == first.bytes)
            for name in ["location", "etag", "content-type"] { #expect(again.header(name) == first.header(name)) }
            #expect(again.header("idempotency-replayed") == "true")
            #expect(again.header("x-own") == nil)
            #expect(again.header("cache-control") == "no-store")
        }
        #expect(shelf.made.withLock { $0 } == 1)
    }

    @Test("another body, query, or field that the handler reads is another request: 422", arguments: [false, true])
    func reuse(looksInTransaction: Bool) async throws {
        let shelf = Shelf(looksInTransaction: looksInTransaction)
        let call = try shelf.caller(.optional)
        _ = await call("POST", "/v1/things", as: sam, json: [:], headers: keyed("a"))
        for (target, body, more) in [("/v1/things", ["x": 1], ""), ("/v1/things?x", [:], ""), ("/v1/things", [:], "x")] as [(String, JSONValue, String)] {
            let answer = await call("POST", target, as: sam, json: body, headers: keyed("a", more))
            #expect(answer.status == 422)
            #expect(answer.json["type"]?.stringValue == "https://lyceum.example/problems/idempotency-key-reused")
        }
        #expect(shelf.made.withLock { $0 } == 1)
    }

    @Test("the key of another user, another route, or another key is another request")
    func scope() async throws {
        let call = try shelf.caller(.optional)
        for (who, target, key) in [(sam, "/v1/things", "a"), (ann, "/v1/things", "a"), (sam, "/v1/others", "a"), (sam, "/v1/things", "b")] {
            let answer = await call("POST", target, as: who, json: [:], headers: keyed(key))
            #expect(answer.status == 201)
            #expect(answer.header("idempotency-replayed") == nil)
        }
        #expect(shelf.made.withLock { $0 } == 4)
    }

    @Test("without a key each request is one of its own; where a key is required it is 400, and a malformed one is anywhere")
    func missing() async throws {
        let optional = try shelf.caller(.optional), required = try shelf.caller(.required), none = try shelf.caller(.none)
        for _ in 0..<2 { #expect(await optional("POST", "/v1/things", as: sam, json: [:]).status == 201) }
        let refused = await required("POST", "/v1/things", as: sam, json: [:])
        #expect(refused.status == 400)
        #expect(refused.json["type"]?.stringValue == "https://lyceum.example/problems/idempotency-key-required")
        #expect(await required("POST", "/v1/things", json: [:]).status == 401)
        for headers in [[("idempotency-key", "\"open")], keyed("a") + keyed("b")] as [[(name: String, value: String)]] {
            for call in [optional, required] { #expect(await call("POST", "/v1/things", as: sam, json: [:], headers: headers).status == 400) }
            #expect(await none("POST", "/v1/things", as: sam, json: [:], headers: headers).status == 201)
        }
        #expect(shelf.made.withLock { $0 } == 4)
    }

    @Test("what was refused had no effect, and its key is free")
    func refused() async throws {
        let call = try shelf.caller(.required)
        shelf.failure.withLock { $0 = .forbidden() }
        #expect(await call("POST", "/v1/things", as: sam, json: ["x": 1], headers: keyed("a")).status == 403)
        shelf.failure.withLock { $0 = nil }
        #expect(await call("POST", "/v1/things", as: sam, json: ["x": 2], headers: keyed("a")).status == 201)
    }

    @Test("when nobody heard that the effect was made, its answer is found under the key; without a key the loss is told")
    func unheard() async throws {
        let call = try shelf.caller(.optional)
        shelf.loss.withLock { $0 = .unavailable("The database") }
        #expect(await call("POST", "/v1/things", as: sam, json: [:], headers: keyed("a")).status == 201)
        #expect(shelf.made.withLock { $0 } == 1)
        #expect(await call("POST", "/v1/things", as: sam, json: [:]).status == 503)
    }

    @Test("a route that takes keys asks for a user")
    func policy() {
        for policy in [Policy.anyone, .optionalUser, .service(["media"]), .signedPath] {
            #expect(throws: RouteTable.Conflict.self) {
                try RouteTable(service: "t", routes: [Route("POST", "/", policy, idempotency: .optional) { _ in .noContent() }], log: Log(service: "t"))
            }
        }
    }
}
