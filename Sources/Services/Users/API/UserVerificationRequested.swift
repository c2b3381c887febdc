public import JSON
public import Kit

/// Someone asked for the confirmation mail again, or registered an address that has an account: `isActive` says which mail it is.
public struct UserVerificationRequested: EventData {
    public static let eventType = "lyceum.user.verification-requested.v1"
    public static let eventSource = "/services/users"

    /// Whose account.
    public let userID: UserID
    /// The account is active already: the mail says so instead of carrying a token.
    public let isActive: Bool

    public init(userID: UserID, isActive: Bool) {
        self.userID = userID
        self.isActive = isActive
    }
    public var eventSubject: String { userID.description }

    public init(from fields: inout JSONFields) {
        userID = fields.id("userId")
        isActive = fields.bool("isActive")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("userId", userID)
        json.field("isActive", isActive)
        json.endObject()
    }
}
