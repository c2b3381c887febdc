/// How to write to a user. Personal data: asked for when a mail is made, kept nowhere else.
public struct UserContact: Sendable, Equatable {
    public let email: String
    public let displayName: String
    /// `en`, `de-AT` …
    public let locale: String

    public init(email: String, displayName: String, locale: String) {
        self.email = email
        self.displayName = displayName
        self.locale = locale
    }
}

/// A contact with the secret that confirms the address.
public struct UserVerification: Sendable, Equatable {
    public let contact: UserContact
    /// Goes into the mail and nowhere else.
    public let token: String

    public init(contact: UserContact, token: String) {
        self.contact = contact
        self.token = token
    }
}
