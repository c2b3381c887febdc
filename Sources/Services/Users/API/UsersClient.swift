public import Kit
internal import JSON

/// What other services ask the users service.
public struct UsersClient: Sendable {
    private let transport: any ServiceTransport
    public init(_ transport: any ServiceTransport) { self.transport = transport }

    /// The contact of a user; nil when there is none (any more).
    public func contact(of user: UserID) async throws -> UserContact? {
        let answer = try await transport.call(ServiceCall("GET", "users", "/internal/v1/users/\(user)/contact"))
        return try answer.fieldsIfFound(from: "users") { Self.contact(from: &$0) }
    }

    /// A new token that confirms the address of a user, with whom to send it to; nil when there is no account that waits for it.
    /// Each call makes another token; all work until they expire or one is used.
    public func startVerification(of user: UserID) async throws -> UserVerification? {
        let call = ServiceCall("POST", "users", "/internal/v1/users/\(user)/verification", isIdempotent: true)
        return try await transport.call(call).fieldsIfFound(from: "users") { fields in
            UserVerification(contact: Self.contact(from: &fields), token: fields.string("token", length: 1...200))
        }
    }

    /// The display names of users, without those that there are not. At most 100 at once.
    public func names(of users: [UserID]) async throws -> [UserID: String] {
        guard !users.isEmpty else { return [:] }
        let ids = users.map(\.description).joined(separator: ",")
        let answer = try await transport.call(ServiceCall("GET", "users", "/internal/v1/users?ids=\(ids)"))
        let items: [(UserID, String)] = try answer.fields(from: "users") { fields in
            fields.array("items", count: 0...100) { ($0.id("id"), $0.string("displayName", length: 0...200)) }
        }
        return Dictionary(items) { first, _ in first }
    }

    private static func contact(from fields: inout JSONFields) -> UserContact {
        UserContact(
            email: fields.string("email", length: 1...254), displayName: fields.string("displayName", length: 0...200),
            locale: fields.string("locale", length: 1...20))
    }
}
