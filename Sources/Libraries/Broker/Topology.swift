/// What must exist at the broker: declared anew by every connection that needs it, so that a broker that lost its disk gets it back.
public struct Topology: Sendable, Equatable {
    public var exchanges: [Exchange]
    public var queues: [Queue]

    /// A topology of these parts.
    public init(exchanges: [Exchange] = [], queues: [Queue] = []) {
        self.exchanges = exchanges
        self.queues = queues
    }

    /// A durable exchange.
    public struct Exchange: Sendable, Equatable {
        public enum Kind: String, Sendable { case topic, direct, fanout }
        public var name: String
        public var kind: Kind
        public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }
    }

    /// Messages of `exchange` whose key matches `pattern` go to the queue.
    public struct Binding: Sendable, Equatable {
        public var exchange: String
        public var pattern: String
        public init(exchange: String, pattern: String) { (self.exchange, self.pattern) = (exchange, pattern) }
    }

    /// A durable quorum queue.
    public struct Queue: Sendable, Equatable {
        public var name: String
        public var bindings: [Binding]
        /// How often a message may come back before it is dead; nil: as often as it likes (RabbitMQ 3.10 has no default).
        public var deliveryLimit: Int?
        /// Where the dead go, with which key. They are handed over with confirms: a message is in one of the two queues at any time.
        public var deadLetter: Binding?
        /// Only one of several consumers gets messages, the next one when it goes: order holds across processes.
        public var isSingleActiveConsumer: Bool

        public init(_ name: String, bindings: [Binding] = [], deliveryLimit: Int? = nil, deadLetter: Binding? = nil,
                    singleActiveConsumer: Bool = false) {
            self.name = name
            self.bindings = bindings
            self.deliveryLimit = deliveryLimit
            self.deadLetter = deadLetter
            isSingleActiveConsumer = singleActiveConsumer
        }

        var arguments: [String: HeaderValue] {
            var arguments: [String: HeaderValue] = ["x-queue-type": .text("quorum")]
            if let deliveryLimit { arguments["x-delivery-limit"] = .int(Int64(deliveryLimit)) }
            if let deadLetter {
                arguments["x-dead-letter-exchange"] = .text(deadLetter.exchange)
                arguments["x-dead-letter-routing-key"] = .text(deadLetter.pattern)
                arguments["x-dead-letter-strategy"] = .text("at-least-once")
                arguments["x-overflow"] = .text("reject-publish")   // at-least-once wants it
            }
            if isSingleActiveConsumer { arguments["x-single-active-consumer"] = .bool(true) }
            return arguments
        }
    }

    /// A queue for one consumer of a topic exchange, and `<name>.dead` for what it could not deal with.
    public static func consuming(queue name: String, from exchange: String, patterns: [String], deadLetterExchange: String, deliveryLimit: Int,
                                 singleActiveConsumer: Bool = true) -> Topology {
        let grave = Queue("\(name).dead", bindings: [Binding(exchange: deadLetterExchange, pattern: name)], deliveryLimit: 1_000_000)
        let queue = Queue(name, bindings: patterns.map { Binding(exchange: exchange, pattern: $0) }, deliveryLimit: deliveryLimit,
                          deadLetter: Binding(exchange: deadLetterExchange, pattern: name), singleActiveConsumer: singleActiveConsumer)
        return Topology(exchanges: [Exchange(exchange, .topic), Exchange(deadLetterExchange, .direct)], queues: [grave, queue])
    }

    /// Both, each part once.
    public func merged(with other: Topology) -> Topology {
        Topology(exchanges: exchanges + other.exchanges.filter { !exchanges.contains($0) },
                 queues: queues + other.queues.filter { !queues.contains($0) })
    }
}
