/// A message to publish. It is persistent and mandatory.
public struct OutgoingMessage: Sendable {
    public var exchange: String
    public var routingKey: String
    public var body: [UInt8]
    /// What tells this message from every other; an event's id.
    public var messageID: String
    public var contentType: String
    /// The AMQP `type` property; an event's type.
    public var type: String?
    public var headers: [String: HeaderValue]

    /// Makes a message. Exchange, key, id and type are at most 255 bytes each (AMQP short strings).
    public init(exchange: String, routingKey: String, body: [UInt8], messageID: String, contentType: String = "application/octet-stream",
                type: String? = nil, headers: [String: HeaderValue] = [:]) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.messageID = messageID
        self.contentType = contentType
        self.type = type
        self.headers = headers
    }

    /// The part of the message that AMQP cannot carry, if there is one.
    var flaw: String? {
        let short = [
            ("exchange", exchange), ("routing key", routingKey), ("message id", messageID), ("content type", contentType), ("type", type ?? ""),
        ]
        for (name, value) in short where value.utf8.count > 255 {
            return "the \(name) is longer than 255 bytes"
        }
        return headers.keys.contains { $0.utf8.count > 128 } ? "a header's name is longer than 128 bytes" : nil
    }
}

/// What became of one published message.
public enum PublishOutcome: Sendable, Equatable {
    /// Every queue that wants it has it safely (a majority of a quorum queue's members).
    case confirmed
    /// No queue is bound for its key: nobody has it.
    case unroutable
    /// A queue would not take it (full, or its leader was lost); publish it again later.
    case refused
}
