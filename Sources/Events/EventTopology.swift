public import Broker

/// The names at the broker, all of them from one prefix, and what a consumer's queue looks like.
public struct EventTopology: Sendable, Equatable {
    /// `lyceum`; another one for a test that shares a broker.
    public let prefix: String
    /// How often a queue hands a message out again before it is dead.
    public let deliveryLimit: Int

    public init(prefix: String = "lyceum", deliveryLimit: Int = 5) {
        self.prefix = prefix
        self.deliveryLimit = deliveryLimit
    }

    /// The topic exchange that every event goes to; the routing key is the event's type.
    public var exchange: String { "\(prefix).events" }
    /// The exchange of the dead.
    public var deadLetterExchange: String { "\(prefix).dead" }

    /// The queue of a consumer: `lyceum.search.courses`.
    public func queue(service: String, consumer: String) -> String { "\(prefix).\(service).\(consumer)" }
    /// Where the dead of a queue are.
    public func deadLetterQueue(of queue: String) -> String { "\(queue).dead" }

    /// A consumer's queue with its bindings and its dead-letter queue.
    public func topology(service: String, consumer: String, types: [String]) -> Topology {
        .consuming(queue: queue(service: service, consumer: consumer), from: exchange, patterns: types, deadLetterExchange: deadLetterExchange,
                   deliveryLimit: deliveryLimit)
    }

    /// The exchange alone: what a relay needs.
    public var exchanges: Topology { Topology(exchanges: [.init(exchange, .topic), .init(deadLetterExchange, .direct)]) }
}
