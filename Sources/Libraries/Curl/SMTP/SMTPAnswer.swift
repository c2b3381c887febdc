/// What a mail server said to a message that it took.
public struct SMTPAnswer: Sendable, Equatable {
    /// The reply code (RFC 5321 section 4.2), 250 as a rule.
    public let code: Int
    /// The reply's text, often with the server's id of the message.
    public let text: String
}
