public import JSON
public import Kit

/// Someone registered and has not confirmed the address yet. The address is not told: who needs it asks the users service.
public struct UserRegistered: EventData {
    public static let eventType = "lyceum.user.registered.v1"
    public static let eventSource = "/services/users"

    /// Who.
    public let userID: UserID

    public init(userID: UserID) { self.userID = userID }
    public var eventSubject: String { userID.description }

    public init(from fields: inout JSONFields) { userID = fields.id("userId") }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("userId", userID)
        json.endObject()
    }
}
