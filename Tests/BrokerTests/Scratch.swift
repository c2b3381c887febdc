import Broker
import Telemetry
import TestKit

/// Names at the broker that no other run has, deleted afterwards.
struct Scratch: Sendable {
    let configuration: BrokerConfiguration
    let exchange = uniqueName("exchange")
    let graves = uniqueName("graves")
    let queue = uniqueName("queue")
    let log = Log(service: "test", level: .debug, sink: MemorySink())

    init(port: UInt16? = nil) throws {
        var configuration = try BrokerConfiguration(url: TestStack.load().rabbitmq)
        if let port { configuration.port = port }
        configuration.reconnectMaximumMilliseconds = 100
        self.configuration = configuration.named(queue)
    }

    var brokerOperator: BrokerOperator { get throws { BrokerOperator(try BrokerConfiguration(url: TestStack.load().rabbitmq)) } }

    func topology(deliveryLimit: Int = 2, singleActiveConsumer: Bool = true) -> Topology {
        .consuming(queue: queue, from: exchange, patterns: ["known.*"], deadLetterExchange: graves, deliveryLimit: deliveryLimit,
                   singleActiveConsumer: singleActiveConsumer)
    }

    func publisher() -> Publisher { Publisher(configuration, topology: topology(), log: log) }

    func consumer(prefetch: Int = 10) -> Consumer { Consumer(configuration, queue: queue, topology: topology(), prefetch: prefetch, log: log) }

    func messages(_ range: Range<Int>, key: String = "known.thing") -> [OutgoingMessage] {
        range.map { OutgoingMessage(exchange: exchange, routingKey: key, body: Array("\($0)".utf8), messageID: "\(queue)-\($0)", type: "test",
                                    headers: ["number": .int(Int64($0)), "text": .text("é"), "yes": .bool(true)]) }
    }

    func depth(of queue: String) async throws -> QueueDepth? { try await brokerOperator.depth(of: queue) }
    func redrive(_ queue: String, where matches: @escaping @Sendable (ReceivedMessage) -> Bool) async throws -> Int {
        try await brokerOperator.redrive(queue, where: matches)
    }

    /// Runs `body`, then deletes what it made.
    static func with(port: UInt16? = nil, _ body: (Scratch) async throws -> Void) async throws {
        let scratch = try Scratch(port: port)
        try await scratch.brokerOperator.declare(scratch.topology())
        do {
            try await body(scratch)
        } catch {
            try? await scratch.brokerOperator.delete(scratch.topology())
            throw error
        }
        try await scratch.brokerOperator.delete(scratch.topology())
    }
}

extension Delivery {
    var text: String { String(decoding: message.body, as: UTF8.self) }
}

extension Consumer {
    /// The next `count` messages, acknowledged; fewer when they do not come within ten seconds.
    func takeAndAck(_ count: Int) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                var texts: [String] = []
                while texts.count < count {
                    let deliveries = await self.next(upTo: count - texts.count)
                    if deliveries.isEmpty { break }
                    for delivery in deliveries { delivery.ack() }
                    texts += deliveries.map(\.text)
                }
                return texts
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(10))
                return []
            }
            defer { group.cancelAll() }
            for await texts in group { return texts }
            return []
        }
    }
}

extension Publisher {
    func send(_ messages: [OutgoingMessage]) async throws -> [PublishOutcome] { try await publish(messages) }
}
