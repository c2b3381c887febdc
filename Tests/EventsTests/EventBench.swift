import Broker
import Events
import JSON
import Kit
import Loop
import Mongo
import Postgres
import Telemetry
import TestKit

/// Stores and broker names of one test's own, and what it takes to run relays and consumers on them.
struct EventBench: Sendable {
    let loops: LoopGroup
    let store: any EventStoreBench
    let broker: BrokerConfiguration
    let topology: EventTopology
    let sink = MemorySink()
    let metrics = Metrics()
    /// What the spans of relays and consumers wait in.
    let spans = SpanQueue()
    private var tracer: Tracer { Tracer(service: "test", ratio: 0, queue: spans) }
    var log: Log { Log(service: "test", level: .debug, sink: sink) }

    static func with(
        _ kind: StoreKind = .postgres, brokerPort: UInt16? = nil, deliveryLimit: Int = 5, _ body: (EventBench) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 2, name: "test")
        let stack = try TestStack.load()
        var broker = try BrokerConfiguration(url: stack.rabbitmq)
        let direct = broker
        if let brokerPort { broker.port = brokerPort }
        broker.reconnectMaximumMilliseconds = 100
        let store: any EventStoreBench = switch kind {
        case .postgres: try await PostgresBench.make(stack, loops)
        case .mongo: try await MongoBench.make(stack)
        }
        let topology = EventTopology(prefix: uniqueName("t"), deliveryLimit: deliveryLimit)
        let bench = EventBench(loops: loops, store: store, broker: broker, topology: topology)
        do {
            // As `lyceum migrate` does it.
            try await BrokerOperator(direct).declare(topology.topology(service: "test", consumer: "one", types: [EventBench.type]))
            try await body(bench)
        } catch {
            await bench.end(direct)
            throw error
        }
        await bench.end(direct)
    }

    private func end(_ broker: BrokerConfiguration) async {
        var topology = topology.exchanges
        for name in ["one", "two"] { topology = topology.merged(with: self.topology.topology(service: "test", consumer: name, types: [])) }
        for part in topology.queues { try? await BrokerOperator(broker).delete(Topology(queues: [part])) }
        for part in topology.exchanges { try? await BrokerOperator(broker).delete(Topology(exchanges: [part])) }
        await store.end()
        await loops.shutdown()
    }

    func relay(_ configure: (inout RelayConfiguration) -> Void = { _ in }, store: (any OutboxStore)? = nil) -> OutboxRelay {
        var configuration = RelayConfiguration()
        configuration.pollMilliseconds = 20
        configuration.standbyMilliseconds = 50
        configure(&configuration)
        return OutboxRelay(service: "test", store: store ?? self.store.outbox, broker: broker, topology: topology,
                           configuration: configuration, metrics: metrics, log: log, tracer: tracer)
    }

    func consumer(
        _ subscription: Subscription, _ configure: (inout RetryPolicy) -> Void = { _ in }, graceMilliseconds: Int = 20_000
    ) -> EventConsumer {
        var policy = RetryPolicy()
        policy.firstMilliseconds = 2
        policy.capMilliseconds = 10
        configure(&policy)
        return EventConsumer(service: "test", subscription, broker: broker, topology: topology, policy: policy, graceMilliseconds: graceMilliseconds,
                             metrics: metrics, log: log, tracer: tracer)
    }

    /// Runs the services on the loops while `body` runs, then stops them and waits for their end.
    func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
        let tasks = services.map { start($0) }
        let result: Result<Void, any Error>
        do {
            try await body()
            result = .success(())
        } catch { result = .failure(error) }
        for task in tasks { task.cancel() }
        for task in tasks { try await task.value }
        try result.get()
    }

    func start(_ service: any Service) -> Task<Void, any Error> {
        Task(executorPreference: loops.next()) { try await service.run() }
    }

    /// Publishes straight, as a relay would.
    func publish(_ events: [Event]) async throws {
        try await publish(events.map {
            OutgoingMessage(exchange: topology.exchange, routingKey: $0.type, body: $0.jsonBuffer.array, messageID: $0.id.description,
                            contentType: "application/cloudevents+json", type: $0.type)
        })
    }

    func publish(_ messages: [OutgoingMessage]) async throws {
        let queues = topology.topology(service: "test", consumer: "one", types: [EventBench.type])
        let publisher = Publisher(broker, topology: queues, log: log)
        try await publisher.publish(messages)
        await publisher.stop()
    }

    var queue: String { topology.queue(service: "test", consumer: "one") }
    static let type = "lyceum.test.happened.v1"
}

enum StoreKind: String, Sendable, CaseIterable { case postgres, mongo }

/// An event of a test: `number` of `subject`.
func happened(_ number: Int, to subject: String = "s", type: String = EventBench.type, traceparent: String? = nil) -> Event {
    Event(source: "/services/test", type: type, subject: subject, traceparent: traceparent,
          data: (try? JSONValue.parse(Array("{\"number\":\(number)}".utf8))) ?? .null)
}

extension Event {
    var number: Int { data["number"]?.intValue ?? -1 }
}

/// What a handler saw.
final class Seen: Sendable {
    private let events = Locked<[Event]>([])

    func add(_ more: [Event]) { events.withLock { $0 += more } }
    var all: [Event] { events.withLock { $0 } }
    var numbers: [Int] { all.map(\.number) }
    var count: Int { events.withLock { $0.count } }

    /// The numbers of each subject, in the order in which they came first.
    var firstNumbers: [String: [Int]] {
        var known: Set<UUID16> = []
        var numbers: [String: [Int]] = [:]
        for event in all where known.insert(event.id).inserted { numbers[event.subject, default: []].append(event.number) }
        return numbers
    }
}
