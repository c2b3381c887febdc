/// What a mail server said to a message that it took.
public struct SMTPAnswer: Sendable, Equatable {
    /// The reply code (RFC 5321 section 4.2), 250 as a rule.
    public let code: Int
    /// The reply's text, often with the server's id of the message.
    public let text: String

    /// `line` is the last of the reply: the code, a space and the text.
    init(code: Int, line: [UInt8]) {
        self.code = code
        text = String(String(decoding: line, as: UTF8.self).prefix { !$0.isNewline }.dropFirst(4))
    }
}
