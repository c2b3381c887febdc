import JSON
import Kit

/// What a client gets when it signs in or refreshes.
struct SessionTokens: Sendable, JSONWritable {
    let accessToken: String
    /// Seconds that the access token lasts.
    let expiresIn: Int
    let refreshToken: String
    let user: User

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("accessToken", accessToken)
        json.field("tokenType", "Bearer")
        json.field("expiresIn", expiresIn)
        json.field("refreshToken", refreshToken)
        json.object("user") { json in
            json.field("id", user.id)
            json.field("displayName", user.displayName)
            json.field("roles", user.roles.map(\.rawValue).sorted())
        }
        json.endObject()
    }
}
