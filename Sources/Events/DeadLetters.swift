public import Broker
import Kit
public import Telemetry

/// What a person does about dead events: look, send them back to the queue in which they died, or give them up.
///
/// Whatever is under way can be ended at any moment: an event is never lost by that. One may be sent back twice, which the inbox of its consumer notices.
public struct DeadLetters: Sendable {
    private let broker: BrokerOperator
    private let topology: EventTopology

    public init(_ broker: BrokerConfiguration, topology: EventTopology = EventTopology()) {
        self.broker = BrokerOperator(broker.named("dead letters"))
        self.topology = topology
    }

    /// How many wait in the consumer's `queue` and how many of it are dead; nil when it was never declared.
    public func depth(_ queue: String) async throws -> (waiting: Int, dead: Int)? {
        guard let waiting = try await broker.depth(of: queue), let dead = try await broker.depth(of: topology.deadLetterQueue(of: queue)) else { return nil }
        return (waiting.messages, dead.messages)
    }

    /// The first `limit` of those that are meant; they stay where they are.
    public func list(_ queue: String, _ filter: DeadLetterFilter = DeadLetterFilter(), limit: Int = 100) async throws -> [DeadLetter] {
        try await broker.peek(topology.deadLetterQueue(of: queue), limit: limit, where: filter.matches).map(DeadLetter.init)
    }

    /// Sends back those that are meant, oldest first; how many. Each carries who sent it, when, and how often that was done before.
    /// - Parameter moved: is told each when it is back in its queue.
    @discardableResult
    public func redrive(
        _ queue: String, _ filter: DeadLetterFilter = DeadLetterFilter(), limit: Int = .max, by person: String = "", at time: Timestamp = .now,
        moved: @escaping @Sendable (DeadLetter) -> Void = { _ in }
    ) async throws -> Int {
        try await broker.redrive(
            topology.deadLetterQueue(of: queue), limit: limit, where: filter.matches,
            headers: { message in Redrive(by: person, at: time, count: (Redrive(message)?.count ?? 0) + 1).headers },
            moved: { moved(DeadLetter($0)) })
    }

    /// Removes those that are meant for good; how many.
    /// - Parameter removing: is told each before it is gone, so that it can be kept elsewhere.
    @discardableResult
    public func discard(
        _ queue: String, _ filter: DeadLetterFilter, limit: Int = .max, removing: @escaping @Sendable (DeadLetter) -> Void
    ) async throws -> Int {
        try await broker.discard(topology.deadLetterQueue(of: queue), limit: limit, where: filter.matches) { removing(DeadLetter($0)) }
    }
}

/// Which dead events are meant; without anything all of them.
public struct DeadLetterFilter: Sendable, Equatable {
    /// The event's id.
    public var id: String?
    /// The event's type, exactly.
    public var type: String?

    public init(id: String? = nil, type: String? = nil) {
        self.id = id
        self.type = type
    }

    @Sendable func matches(_ message: ReceivedMessage) -> Bool {
        guard id != nil || type != nil else { return true }
        let letter = DeadLetter(message)
        return (id == nil || letter.id == id) && (type == nil || letter.type == type)
    }
}
