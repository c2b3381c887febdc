/// A message that a queue handed out, to be settled once: `ack` or `nack`.
public struct Delivery: Sendable {
    public let message: ReceivedMessage
    let tag: UInt64
    /// Which of the consumer's connections it came by: a tag means nothing on another.
    let generation: UInt64
    let settlements: any Settling

    /// It is dealt with; the broker forgets it. When the connection has gone meanwhile the broker delivers it again: make the effect one that
    /// happens once.
    public func ack() { settlements.settle(self, as: .acknowledged) }

    /// It is not dealt with: back to the queue (its delivery count goes up), or to the dead-letter exchange when `requeue` is false.
    public func nack(requeue: Bool) { settlements.settle(self, as: requeue ? .requeued : .rejected) }
}

/// What a queue or a dead-letter queue holds of a message.
public struct ReceivedMessage: Sendable {
    public let body: [UInt8]
    public let messageID: String?
    public let contentType: String?
    public let type: String?
    public let headers: [String: HeaderValue]
    /// The exchange and key it was published with (after dead-lettering: those of the dead-letter exchange).
    public let exchange: String
    public let routingKey: String
    /// Delivered before, to somebody who did not acknowledge it.
    public let isRedelivered: Bool

    /// How often it was delivered before this time (quorum queues count; `x-delivery-count`).
    public var deliveryCount: Int { headers["x-delivery-count"]?.intValue ?? 0 }

    /// Where it died before, latest first (`x-death`).
    public var deaths: [Death] { (headers["x-death"]?.listValue ?? []).compactMap { $0.tableValue.flatMap(Death.init) } }

    /// The queue it was in when it died first: where a redrive takes it back to.
    public var originalQueue: String? { headers["x-first-death-queue"]?.textValue ?? deaths.last?.queue }
}

/// One line of a message's `x-death` header.
public struct Death: Sendable, Equatable {
    public let queue: String
    /// `rejected`, `expired`, `maxlen` or `delivery_limit`.
    public let reason: String
    public let count: Int
    /// Seconds since 1970.
    public let time: UInt64

    init?(_ table: [String: HeaderValue]) {
        guard let queue = table["queue"]?.textValue, let reason = table["reason"]?.textValue else { return nil }
        self.queue = queue
        self.reason = reason
        count = table["count"]?.intValue ?? 1
        if case .timestamp(let seconds) = table["time"] { time = seconds } else { time = 0 }
    }
}

/// How a delivery ended.
enum Settlement: Sendable { case acknowledged, requeued, rejected }

/// Whoever passes settlements on to the thread that owns the connection.
protocol Settling: AnyObject, Sendable {
    func settle(_ delivery: Delivery, as settlement: Settlement)
}
