import HTTP
import JSON
import Kit

/// Signing in and out over HTTP, and the keys that others check tokens with.
struct SessionRoutes: Sendable {
    let signIn: SignIn
    let refresh: RefreshSession
    let sessions: any SessionStore
    let issuer: JOSETokenIssuer
    let clock: WallClock

    var routes: [Route] {
        [
            Route("POST", "/v1/sessions", .anyone, limits: [AccountLimits.signIn], handler: post),
            Route("POST", "/v1/sessions/refresh", .anyone, limits: [AccountLimits.refresh], handler: refresh),
            Route("DELETE", "/v1/sessions/current", .signedIn, handler: delete),
            Route("GET", "/.well-known/jwks.json", .anyone, isShed: false, handler: keys),
        ]
    }

    private static let uncached: [(name: StaticString, value: String)] = [("cache-control", "no-store")]

    private func post(_ context: RequestContext) async throws -> Response {
        let (email, password) = try await context.fields { ($0.string("email", length: 3...254), $0.string("password", length: 1...128)) }
        let tokens = try await signIn(email: email, password: password, device: context.header("user-agent") ?? "")
        return .json(status: 201, headers: Self.uncached, tokens)
    }

    private func refresh(_ context: RequestContext) async throws -> Response {
        let token = try await context.fields { $0.string("refreshToken", length: 1...200) }
        return .json(headers: Self.uncached, try await refresh(token, device: context.header("user-agent") ?? ""))
    }

    private func delete(_ context: RequestContext) async throws -> Response {
        guard let family = context.principal?.sessionID.flatMap({ SessionID($0) }) else { throw Problem.unauthorized() }
        try await sessions.revoke(family, of: context.userID, at: clock.now())
        return .noContent()
    }

    private func keys(_ context: RequestContext) async throws -> Response {
        .json(headers: [("cache-control", "public, max-age=300")], await issuer.keySet)
    }
}
