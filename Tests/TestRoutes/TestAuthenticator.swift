public import Kit

/// Takes tokens that a test writes by hand: `RouteCaller` sends them.
public struct TestAuthenticator: Authenticating {
    /// Knows everybody whose token is well-formed.
    public init() {}

    /// The token of a principal.
    public static func token(of principal: Principal) -> String {
        switch principal.kind {
        case .user(let id): "user:\(id):\(principal.roles.map(\.rawValue).sorted().joined(separator: ",")):\(principal.sessionID ?? "test")"
        case .service(let name): "service:\(name)"
        }
    }

    /// Who the token names, as far as `policy` asks.
    public func principal(for policy: Policy, authorization fields: [String]) async throws(Problem) -> Principal? {
        if policy == .anyone || policy == .signedPath { return nil }
        guard let field = fields.first else { return nil }
        let parts = field.split(separator: " ").last?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        if parts.count == 3 || parts.count == 4, parts[0] == "user", let id = UserID(parts[1]) {
            let roles = parts[2].split(separator: ",").compactMap { Role(rawValue: String($0)) }
            return Principal(kind: .user(id), roles: Set(roles), sessionID: parts.count == 4 ? String(parts[3]) : "test")
        }
        guard parts.count == 2, parts[0] == "service" else { throw .unauthorized(invalidToken: true) }
        return Principal(kind: .service(String(parts[1])))
    }
}
