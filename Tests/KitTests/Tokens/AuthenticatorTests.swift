import JOSE
import JSON
import Loop
import Telemetry
import TestKit
import Testing

@testable import Kit

@Suite struct AuthenticatorTests {
    private let tokens: TestTokens

    init() throws { tokens = try TestTokens() }

    private func ask(_ authenticator: Authenticator, _ policy: Policy, _ token: String?) async -> (status: Int, principal: Principal?) {
        do { return (200, try await authenticator.principal(for: policy, authorization: token.map { ["Bearer \($0)"] } ?? [])) } catch {
            return (error.status, nil)
        }
    }

    @Test("a good access token says who it is, in which session and with which roles") func good() async throws {
        let user = UserID()
        let claims = AccessToken(user: user, roles: [.student, .admin], sessionID: "s9", now: tokens.now)
        let token = try tokens.users.sign(claims.jsonBuffer.array, typ: AccessToken.typ)
        for policy in [Policy.signedIn, .optionalUser, .role([.admin])] {
            let (status, principal) = await ask(tokens.authenticator(), policy, token)
            #expect(status == 200)
            #expect(principal == Principal(kind: .user(user), roles: [.student, .admin], sessionID: "s9"))
        }
    }

    @Test(
        "claims that are not as they must be are 401",
        arguments: [
            ("iss", "evil"), ("iss", nil), ("aud", "other"), ("aud", nil), ("aud", ["x"]), ("aud", 1), ("sub", "42"), ("sub", nil), ("exp", nil),
            ("exp", "1900000000"),
            ("exp", 1_795_268_400), ("exp", try? JSONValue.parse(Array("1e30".utf8))), ("exp", -1),
            ("iat", nil), ("iat", 1_795_268_500), ("nbf", 1_795_268_500),
            ("nbf", "soon"), ("roles", nil), ("roles", "admin"), ("roles", [1]), ("sid", 1), ("sid", ""),
        ] as [(String, JSONValue?)])
    func claims(name: String, value: JSONValue?) async throws {
        let token = try tokens.access { $0[name] = value }
        #expect(await ask(tokens.authenticator(), .signedIn, token).status == 401)
    }

    @Test("an audience in a list is as good, and a role from the future opens nothing") func variants() async throws {
        let list = try tokens.access { $0["aud"] = ["x", "lyceum-api"] }
        #expect(await ask(tokens.authenticator(), .signedIn, list).status == 200)
        let future = try tokens.access { $0["roles"] = ["student", "owner"] }
        #expect(await ask(tokens.authenticator(), .signedIn, future).principal?.roles == [.student])
    }

    @Test("forged tokens are 401, never an error of ours", arguments: ForgedToken.allCases) func forged(kind: ForgedToken) async throws {
        let token = try kind.make(tokens)
        for policy in [Policy.signedIn, .optionalUser, .role([.admin]), .service(["media"])] {
            let (status, principal) = await ask(tokens.authenticator(), policy, token)
            #expect(status == 401, "\(kind) \(policy)")
            #expect(principal == nil)
        }
        #expect(await ask(tokens.authenticator(), .anyone, token).status == 200)
        #expect(await ask(tokens.authenticator(), .signedPath, token).status == 200)
    }

    @Test("a route for anyone knows nobody, one that may know takes no token as nobody") func open() async throws {
        let token = try tokens.access()
        #expect(await ask(tokens.authenticator(), .anyone, token).principal == nil)
        #expect(await ask(tokens.authenticator(), .optionalUser, nil) == (200, nil))
        #expect(await ask(tokens.authenticator(), .signedIn, nil).status == 401)
    }

    @Test(
        "an Authorization field that is no bearer token is 401",
        arguments: [[""], ["Bearer"], ["Bearer a b"], ["Basic YTpi"], ["Bearer x", "Bearer x"], ["bearer.x"], ["Bearer a b c d"], ["Bearex x"]])
    func fields(values: [String]) async {
        let problem = await #expect(throws: Problem.self) { try await tokens.authenticator().principal(for: .signedIn, authorization: values) }
        #expect(problem?.status == 401)
        #expect(problem?.headers.first?.value == "Bearer realm=\"lyceum\", error=\"invalid_token\"")
    }

    @Test("the scheme is read in any case, with spaces behind it and behind the token", arguments: ["Bearer a.b", "bEARER   a.b", "BEARER a.b  "])
    func spellings(field: String) { #expect(Authenticator.token(of: [field]) == "a.b") }

    @Test("a remembered token costs no second look, and is worth nothing once it has expired") func remembered() async throws {
        let authenticator = tokens.authenticator()
        let token = try tokens.access()
        #expect(await ask(authenticator, .signedIn, token).status == 200)
        tokens.userJWKS.withLock { $0 = nil }
        tokens.forward(600)
        #expect(await ask(authenticator, .signedIn, token).status == 200)
        tokens.forward(31)
        #expect(await ask(authenticator, .signedIn, token).status == 401)
        #expect(await ask(authenticator, .role([.admin]), token).status == 401)
    }

    @Test("a remembered token of one kind opens no route of the other") func kinds() async throws {
        let authenticator = tokens.authenticator()
        let token = try tokens.access()
        #expect(await ask(authenticator, .signedIn, token).status == 200)
        #expect(await ask(authenticator, .service(["media"]), token).status == 401)
        let service = try await ServiceTokenSource(service: "media", clock: tokens.clock, key: { tokens.media }).token(for: "courses")
        #expect(await ask(authenticator, .service(["media"]), service).status == 200)
        #expect(await ask(authenticator, .signedIn, service).status == 401)
        #expect(await ask(authenticator, .optionalUser, service).status == 401)
    }

    @Test("roles are asked of a remembered token too") func rememberedRoles() async throws {
        let authenticator = tokens.authenticator()
        let token = try tokens.access()
        #expect(await ask(authenticator, .signedIn, token).status == 200)
        #expect(await ask(authenticator, .role([.admin]), token).status == 403)
    }

    @Test("without keys nobody is refused for good: 503, and well again when the keys come") func away() async throws {
        tokens.userJWKS.withLock { $0 = nil }
        let authenticator = tokens.authenticator()
        let token = try tokens.access()
        #expect(await ask(authenticator, .signedIn, token).status == 503)
        #expect(await ask(authenticator, .signedIn, token).status == 503)
        let jwks = KeySet([tokens.users.publicKey]).json.array
        tokens.userJWKS.withLock { $0 = jwks }
        #expect(await eventually { await ask(authenticator, .signedIn, token).status == 200 })
    }

    @Test("a token signed by a new key is taken after one more look at the keys") func rotation() async throws {
        let authenticator = tokens.authenticator(times: KeyCacheTimes(coolDown: 0))
        #expect(await ask(authenticator, .signedIn, try tokens.access()).status == 200)
        let new = try SigningKey.generate()
        let token = try tokens.access(key: new)
        #expect(await ask(authenticator, .signedIn, token).status == 401)
        let both = KeySet([tokens.users.publicKey, new.publicKey]).json.array
        tokens.userJWKS.withLock { $0 = both }
        #expect(await ask(authenticator, .signedIn, token).status == 200)
        #expect(await ask(authenticator, .signedIn, try tokens.access()).status == 200)
    }

    @Test("a token whose key is taken back is refused once the keys are a minute old, though it is remembered") func takenBack() async throws {
        let milliseconds = Locked(0)
        let authenticator = tokens.authenticator { milliseconds.withLock { $0 } }
        let (old, other) = (try tokens.access(), try SigningKey.generate())
        let both = KeySet([tokens.users.publicKey, other.publicKey]).json.array
        tokens.userJWKS.withLock { $0 = both }
        let staying = try tokens.access(key: other)
        #expect(await ask(authenticator, .signedIn, old).status == 200)
        #expect(await ask(authenticator, .signedIn, staying).status == 200)
        let rest = KeySet([other.publicKey]).json.array
        tokens.userJWKS.withLock { $0 = rest }
        #expect(await ask(authenticator, .signedIn, old).status == 200, "nobody asks for keys that are fresh")
        milliseconds.withLock { $0 = 60_001 }
        #expect(await eventually { await ask(authenticator, .signedIn, old).status == 401 })
        #expect(await ask(authenticator, .signedIn, staying).status == 200)
    }

    @Test("tokens with keys that nobody has do not make the keys be fetched again and again") func coolDown() async throws {
        let authenticator = tokens.authenticator()
        for _ in 0..<20 { #expect(await ask(authenticator, .signedIn, try tokens.access(key: try SigningKey.generate())).status == 401) }
        #expect(tokens.fetches.withLock { $0 } == 1)
    }
}

@Suite struct ServiceTokenTests {
    private let tokens: TestTokens

    init() throws { tokens = try TestTokens() }

    private func status(_ authenticator: Authenticator, _ token: String, _ names: Set<String> = ["media"]) async -> Int {
        do {
            _ = try await authenticator.principal(for: .service(names), authorization: ["Bearer \(token)"])
            return 200
        } catch { return error.status }
    }

    @Test("a service is known by its own key, to the service that it calls, as itself") func good() async throws {
        let source = ServiceTokenSource(service: "media", clock: tokens.clock, key: { tokens.media })
        #expect(await status(tokens.authenticator(), try await source.token(for: "courses")) == 200)
        #expect(await status(tokens.authenticator(), try await source.token(for: "courses"), ["search"]) == 403)
        #expect(await status(tokens.authenticator(), try await source.token(for: "users")) == 401)
        #expect(await status(tokens.authenticator(of: "users"), try await source.token(for: "users")) == 200)
    }

    @Test("a service that signs as another is nobody") func impersonation() async throws {
        let source = ServiceTokenSource(service: "media", clock: tokens.clock, key: { tokens.courses })
        #expect(await status(tokens.authenticator(), try await source.token(for: "courses")) == 401)
        let key = try SigningKey.generate()
        let stranger = ServiceTokenSource(service: "media", clock: tokens.clock) { key }
        #expect(await status(tokens.authenticator(), try await stranger.token(for: "courses")) == 401)
    }

    @Test("a token is used for half of its life, and is worth nothing soon after it") func life() async throws {
        let source = ServiceTokenSource(service: "media", clock: tokens.clock, key: { tokens.media })
        let first = try await source.token(for: "courses")
        tokens.forward(29)
        #expect(try await source.token(for: "courses") == first)
        tokens.forward(2)
        #expect(try await source.token(for: "courses") != first)
        #expect(await status(tokens.authenticator(), first) == 200)
        tokens.forward(60)
        #expect(await status(tokens.authenticator(), first) == 401)
    }

    @Test("the file of service keys is a JWKS that names whose each key is") func document() throws {
        let bytes = ServiceKeys.document([("media", tokens.media.publicKey)]).array
        let keys = try ServiceKeys(jwks: bytes)
        #expect(keys.owner(of: tokens.media.kid) == "media")
        #expect(keys.keys[tokens.media.kid] != nil)
        #expect(keys.owner(of: "x") == nil)
        #expect(throws: JOSEError.self) { try ServiceKeys(jwks: Array("{}".utf8)) }
    }
}
