/// What a route asks of whoever calls it. Every route has one: there is no default.
public enum Policy: Sendable, Hashable {
    /// Anyone; a token is not looked at.
    case anyone
    /// Anyone; a token that is sent must be good, and says who it is.
    case optionalUser
    /// A signed-in user.
    case signedIn
    /// A signed-in user with one of these roles.
    case role(Set<Role>)
    /// One of these services, by a service token.
    case service(Set<String>)
    /// Whoever holds a signed path; the handler checks the signature, a token is not looked at.
    case signedPath

    /// Whether answers differ by who asks, so that no cache may keep them.
    var isPersonal: Bool {
        switch self {
        case .anyone, .signedPath: false
        case .optionalUser, .signedIn, .role, .service: true
        }
    }

    /// Whether it has a list of who may, and nobody is on it.
    var isEmpty: Bool {
        switch self {
        case .role(let roles): roles.isEmpty
        case .service(let names): names.isEmpty
        case .anyone, .optionalUser, .signedIn, .signedPath: false
        }
    }

    /// Whether whoever gets past it is a user.
    var asksForUser: Bool {
        switch self {
        case .signedIn, .role: true
        case .anyone, .optionalUser, .service, .signedPath: false
        }
    }

    /// Throws 401 without the right kind of principal, 403 when it may not.
    func check(_ principal: Principal?) throws(Problem) {
        switch self {
        case .anyone, .signedPath, .optionalUser:
            return
        case .signedIn:
            guard principal?.userID != nil else { throw .unauthorized() }
        case .role(let roles):
            guard let principal, principal.userID != nil else { throw .unauthorized() }
            guard !principal.roles.isDisjoint(with: roles) else {
                throw .forbidden("This needs the role \(roles.map(\.rawValue).sorted().joined(separator: " or ")).")
            }
        case .service(let names):
            guard let name = principal?.serviceName else { throw .unauthorized() }
            guard names.contains(name) else { throw .forbidden("This is not for the service \(name).") }
        }
    }
}
