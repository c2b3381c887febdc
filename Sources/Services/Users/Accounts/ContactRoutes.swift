import HTTP
import JSON
import Kit
import UsersAPI

/// What other services ask about users: who writes mails how to reach them, who shows them their names.
struct ContactRoutes: Sendable {
    let users: any UserStore
    let verify: VerifyEmail

    var routes: [Route] {
        [
            Route("POST", "/internal/v1/users/{userId}/verification", .service(["notifications"]), handler: startVerification),
            Route("GET", "/internal/v1/users/{userId}/contact", .service(["notifications"]), handler: contact),
            Route("GET", "/internal/v1/users", .service(["courses"]), handler: names),
        ]
    }

    private func startVerification(_ context: RequestContext) async throws -> Response {
        guard let verification = try await verify.start(for: try context.id("userId")) else { throw UsersError.noSuchUser }
        return .json(JSONWriter.object { json in
            Self.write(verification.contact, to: &json)
            json.field("token", verification.token)
        })
    }

    private func contact(_ context: RequestContext) async throws -> Response {
        guard let contact = try await users.contact(of: try context.id("userId")) else { throw UsersError.noSuchUser }
        return .json(JSONWriter.object { Self.write(contact, to: &$0) })
    }

    private func names(_ context: RequestContext) async throws -> Response {
        let ids: [UserID] = try context.queryIDs("ids")
        let names = try await users.names(of: ids)
        return .json(JSONWriter.object { json in
            json.array("items") { json in
                for (id, name) in names {
                    json.beginObject()
                    json.field("id", id)
                    json.field("displayName", name)
                    json.endObject()
                }
            }
        })
    }

    private static func write(_ contact: UserContact, to json: inout JSONWriter) {
        json.field("email", contact.email)
        json.field("displayName", contact.displayName)
        json.field("locale", contact.locale)
    }
}
