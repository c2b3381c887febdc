import HTTP
import JSON
import Kit

/// Registering and the own account over HTTP.
struct AccountRoutes: Sendable {
    let register: RegisterUser
    let verify: VerifyEmail
    let users: any UserStore
    let clock: WallClock

    var routes: [Route] {
        [
            Route("POST", "/v1/users", .anyone, limits: [AccountLimits.registration], handler: post),
            Route("POST", "/v1/users/verification-requests", .anyone, limits: [AccountLimits.verificationMail], handler: requestVerification),
            Route("POST", "/v1/users/verifications", .anyone, limits: [AccountLimits.verification], handler: confirm),
            Route("GET", "/v1/me", .signedIn, handler: me),
            Route("PATCH", "/v1/me", .signedIn, handler: edit),
        ]
    }

    private func post(_ context: RequestContext) async throws -> Response {
        let form = try await context.fields { Self.form(from: &$0) }
        guard let form else { throw Problem.internalError() }
        try await register(form)
        return Self.mailSent
    }

    static func form(from fields: inout JSONFields) -> RegisterUser.Form? {
        let email = email(from: &fields)
        let password = fields.string("password", length: PasswordRule.length)
        if !password.isEmpty, let why = PasswordRule.refusal(password, for: email) { fields.fail("password", why) }
        let displayName = displayName(fields.string("displayName", length: 1...100), &fields)
        let locale = locale(fields.optionalString("locale", length: 2...20), &fields) ?? "en"
        let teach = fields.optionalBool("teach") ?? false
        return email.map { RegisterUser.Form(email: $0, password: password, displayName: displayName, locale: locale, teach: teach) }
    }

    private static func email(from fields: inout JSONFields) -> EmailAddress? {
        let text = fields.string("email", length: 3...254)
        guard !text.isEmpty else { return nil }
        let email = EmailAddress(text)
        if email == nil { fields.fail("email", "must be an e-mail address") }
        return email
    }

    private static func displayName(_ name: String, _ fields: inout JSONFields) -> String {
        if !name.unicodeScalars.allSatisfy(isShown) { fields.fail("displayName", "must not hold control characters") }
        if !name.isEmpty, name.allSatisfy(\.isWhitespace) { fields.fail("displayName", "must not be blank") }
        return name
    }

    /// Neither a control character, nor a line end, nor what turns the direction of the text after it.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }

    private static func locale(_ text: String?, _ fields: inout JSONFields) -> String? {
        if let text, text.wholeMatch(of: /[a-z]{2,3}(-[A-Z]{2})?/) == nil { fields.fail("locale", "must be a language like en or de-AT") }
        return text
    }

    private func requestVerification(_ context: RequestContext) async throws -> Response {
        guard let email = try await context.fields({ Self.email(from: &$0) }) else { throw Problem.internalError() }
        try await users.requestVerification(of: email, at: clock.now())
        return Self.mailSent
    }

    private func confirm(_ context: RequestContext) async throws -> Response {
        try await verify.confirm(try await context.fields { $0.string("token", length: 1...200) })
        return .noContent()
    }

    private static let mailSent = Response.json(status: 202, JSONWriter.object { $0.field("status", "verification-sent") })

    private func me(_ context: RequestContext) async throws -> Response { Self.answer(try await known(context), context) }

    /// The account of the token; 401 when it is not there any more.
    private func known(_ context: RequestContext) async throws -> User {
        guard let user = try await users.user(context.userID), user.state != .erased else { throw Problem.unauthorized() }
        return user
    }

    private static func answer(_ user: User, _ context: RequestContext) -> Response {
        Response.json(user).etag(ETag(revision: user.revision), for: context.request)
    }

    private func edit(_ context: RequestContext) async throws -> Response {
        let condition = try context.ifMatch()
        let edit = try await context.fields { fields in
            var edit = ProfileEdit()
            if let name = fields.optionalString("displayName", length: 1...100) { edit.displayName = Self.displayName(name, &fields) }
            edit.locale = Self.locale(fields.optionalString("locale", length: 2...20), &fields)
            edit.timeZone = Self.timeZone(fields.optionalString("timeZone", length: 1...64), &fields)
            return edit
        }
        guard let user = try await users.edit(context.userID, edit, onlyAt: condition.revisions) else {
            _ = try await known(context)
            throw UsersError.stale
        }
        return Self.answer(user, context)
    }

    private static func timeZone(_ text: String?, _ fields: inout JSONFields) -> String? {
        let isName = text?.wholeMatch(of: /[A-Za-z]+([\/_+-][A-Za-z0-9]+)*/) != nil
        if text != nil && !isName { fields.fail("timeZone", "must be a time zone like Europe/Vienna") }
        return text
    }
}
