public import Broker
import Kit
import Telemetry

/// What a person does about dead events: look, and send them back to the queue in which they died.
public struct DeadLetters: Sendable {
    private let broker: BrokerOperator
    private let topology: EventTopology

    public init(_ broker: BrokerConfiguration, topology: EventTopology = EventTopology()) {
        self.broker = BrokerOperator(broker.named("dead letters"))
        self.topology = topology
    }

    /// How many are dead in the consumer's `queue`; nil when that queue was never declared.
    public func count(_ queue: String) async throws -> Int? { try await broker.depth(of: topology.deadLetterQueue(of: queue))?.messages }

    /// The first `limit` of them; they stay where they are.
    public func list(_ queue: String, limit: Int = 100) async throws -> [DeadLetter] {
        try await broker.peek(topology.deadLetterQueue(of: queue), limit: limit).map(DeadLetter.init)
    }

    /// Sends all back, oldest first; how many.
    @discardableResult
    public func redriveAll(_ queue: String, limit: Int = .max) async throws -> Int {
        try await broker.redrive(topology.deadLetterQueue(of: queue), limit: limit)
    }

    /// Sends one back; false when it is not there.
    @discardableResult
    public func redrive(_ queue: String, id: String) async throws -> Bool {
        try await broker.redrive(topology.deadLetterQueue(of: queue), limit: 1) { $0.messageID == id } == 1
    }
}

/// A dead event.
public struct DeadLetter: Sendable, Equatable {
    /// The event's id, as far as the message has one.
    public let id: String
    public let type: String
    /// Empty when the message is no event.
    public let subject: String
    /// `rejected`: its consumer gave it up; `delivery_limit`: it took its consumer down too often.
    public let reason: String
    /// When it died, seconds since 1970.
    public let diedAt: UInt64
    /// The message as it came.
    public let payload: [UInt8]

    init(_ message: ReceivedMessage) {
        let event = try? Event(decoding: message.body)
        id = message.messageID ?? event?.id.description ?? ""
        type = message.type ?? event?.type ?? ""
        subject = event?.subject ?? ""
        reason = message.deaths.first?.reason ?? ""
        diedAt = message.deaths.first?.time ?? 0
        payload = message.body
    }
}
