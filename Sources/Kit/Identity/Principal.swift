/// Who makes a request, as a verified token says.
public struct Principal: Sendable, Hashable {
    /// A person or one of our own processes.
    public enum Kind: Sendable, Hashable {
        /// A signed-in user.
        case user(UserID)
        /// Another service, by its name.
        case service(String)
    }
    /// Who it is.
    public let kind: Kind
    /// Roles of a user; empty for a service.
    public let roles: Set<Role>
    /// The session that the access token belongs to.
    public let sessionID: String?

    /// A principal as a token, or a test, describes it.
    public init(kind: Kind, roles: Set<Role> = [], sessionID: String? = nil) {
        self.kind = kind
        self.roles = roles
        self.sessionID = sessionID
    }

    /// Whether the user has the role.
    public func has(_ role: Role) -> Bool { roles.contains(role) }

    /// The user's id; nil for a service.
    public var userID: UserID? {
        if case .user(let id) = kind { id } else { nil }
    }

    /// The service's name; nil for a user.
    public var serviceName: String? {
        if case .service(let name) = kind { name } else { nil }
    }
}
