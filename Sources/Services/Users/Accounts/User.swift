import JSON
import Kit
import Telemetry

/// An account.
struct User: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// Registered, address not confirmed: cannot sign in.
        case pending
        case active
        /// Held back by support: cannot sign in.
        case suspended
        /// Nothing of the person is left.
        case erased
    }

    let id: UserID
    let email: String
    let displayName: String
    let locale: String
    let timeZone: String
    let state: State
    let roles: Set<Role>
    /// Grows with each edit.
    let revision: Int
    let createdAt: Timestamp
}

extension User: JSONWritable {
    /// As its owner sees it.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("email", email)
        json.field("displayName", displayName)
        json.field("locale", locale)
        json.field("timeZone", timeZone)
        json.field("roles", roles.map(\.rawValue).sorted())
        json.field("state", state.rawValue)
        json.field("createdAt", createdAt.rfc3339)
        json.endObject()
    }
}

/// An account to be made.
struct NewUser: Sendable {
    let id: UserID
    let email: EmailAddress
    let passwordHash: String
    let displayName: String
    let locale: String
    let wantsToTeach: Bool
}

/// Fields of the profile that change; nil stays.
struct ProfileEdit: Sendable, Equatable {
    var displayName: String?
    var locale: String?
    var timeZone: String?
}
