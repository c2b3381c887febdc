/// What Redis said, or why it said nothing. Callers that use it as a cache treat all of it as a miss.
public struct RedisError: Error, Sendable, Equatable {
    /// What a caller decides by.
    public enum Kind: Sendable, Equatable {
        /// There is no connection; it is being tried again in the background. Found out at once, without waiting.
        case unavailable
        /// The connection broke before the answer came: the command may have been carried out.
        case connection
        /// No answer within the deadline: the command may have been, or may still be, carried out.
        case timeout
        /// As many commands wait for an answer as may.
        case overloaded
        /// The pool was closed.
        case closed
        /// The server refused the command; the code is the first word of what it said (`WRONGTYPE`, `NOSCRIPT`, `OOM`).
        case server(code: String)
        /// The URL is none, or names what this client cannot do.
        case invalid
        /// The server answered something else than the command answers.
        case unexpected
    }

    /// What a caller decides by.
    public var kind: Kind
    /// For logs.
    public var message: String

    /// An error of `kind`.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// From the text of an error reply.
    init(reply: String) {
        self.init(.server(code: String(reply.prefix { $0 != " " })), reply)
    }
}
