/// Why a transfer brought no answer. Nothing in it is secret: the address' user info is not part of it.
public struct CurlError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, for a caller that acts on it.
    public enum Kind: Sendable, Equatable {
        /// No answer in time, or no connection in time.
        case timeout
        /// The name is unknown, nobody listens, or the connection broke.
        case connection
        /// The certificate or the handshake is not what it must be.
        case tls
        /// The answer is longer than the request allows.
        case tooLarge
        /// The task was cancelled.
        case cancelled
        /// As many transfers run as may, and none ended while this one waited; or too many waited already.
        case overloaded
        /// The request cannot be sent as it is (its address, method, a header or a mail address); sending it again changes nothing.
        case invalidRequest
        /// The URL comes from a user and leads where none may: a port, a scheme, user info, or an address inside (`URLTrust.untrusted`).
        case forbidden
        /// The source of the request's body failed, or ended early.
        case source
        /// The server failed so often that it is left alone for a moment (`CurlClient.call`).
        case circuitOpen
        /// A mail server said no; `answerCode` is its reply.
        case refused
        /// The other side does not speak the protocol.
        case protocolViolation
        /// The client was closed.
        case closed
        /// libcurl failed in itself.
        case library
    }

    /// What happened.
    public let kind: Kind
    /// libcurl's own code (`CURLcode`); 0 when libcurl was not asked.
    public let code: Int
    /// The reason in words, for logs.
    public let message: String
    /// What a mail server replied with (RFC 5321: 4xx try later, 5xx never), when it did.
    public let answerCode: Int?
    /// Whether a part of the request may have reached the server. If not, even a request that must not run twice can be sent again.
    public let mayHaveBeenSent: Bool

    /// For logs: kind and reason.
    public var description: String { answerCode.map { "\(kind) (\($0)): \(message)" } ?? "\(kind): \(message)" }

    init(_ kind: Kind, _ message: String, code: Int = 0, answerCode: Int? = nil, mayHaveBeenSent: Bool = false) {
        self.kind = kind
        self.code = code
        self.message = message
        self.answerCode = answerCode
        self.mayHaveBeenSent = mayHaveBeenSent
    }
}
