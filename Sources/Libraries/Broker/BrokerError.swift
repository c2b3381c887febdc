/// Why something that was asked of RabbitMQ did not happen.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong.
    public enum Kind: Sendable, Equatable {
        /// The address, or a message that AMQP cannot carry: the same again fails the same way.
        case invalid
        /// No connection could be made, or the one there was is gone.
        case connection
        /// The broker closed the channel or the connection and said why (`code`: AMQP 0-9-1 reply code).
        case refused
        /// The broker did not answer in time.
        case timeout
        /// More is waiting to be published than may.
        case overloaded
        /// The task that waited was cancelled before the message was sent.
        case cancelled
        /// The publisher or consumer was stopped.
        case stopped
    }

    public let kind: Kind
    /// The AMQP reply code (`refused`) or librabbitmq's status, 0 when there is none.
    public let code: Int
    /// For the log, never for a client.
    public let message: String

    /// Makes an error; `code` is the AMQP reply code or the library's status.
    public init(_ kind: Kind, code: Int = 0, _ message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }

    /// Whether the same may succeed later. What was published meanwhile may or may not have arrived.
    public var isRetriable: Bool {
        switch kind {
        case .connection, .timeout, .overloaded: true
        case .refused: code == 320 || code == 541 || code == 404   // forced close, internal error, and what a reconnect declares again
        case .invalid, .cancelled, .stopped: false
        }
    }

    public var description: String { code == 0 ? "broker \(kind): \(message)" : "broker \(kind) \(code): \(message)" }
}
