import Broker
import Events
import Glibc
import Kit
import Loop
import Mongo
import Postgres
import Telemetry

/// What each process of the storm has: stores, broker, names.
struct Storm: Sendable {
    static let poison = "poison"
    let loops = LoopGroup(count: 1)
    let log = Log(service: "storm")
    let postgres: PostgresStorm
    let mongo: MongoStorm
    let broker: BrokerConfiguration
    let topology: EventTopology
    /// While this file is not there, the consumer `ledger` ends the process when it sees the poison.
    let cure: String

    init() throws {
        let configuration = ConfigurationReader(environment: ConfigurationReader.processEnvironment)
        postgres = PostgresStorm(pool: try PostgresPool(
            url: try configuration.url("POSTGRES_URL", schemes: ["postgresql"]).text, on: loops, log: log))
        mongo = MongoStorm(
            pool: try MongoPool(uri: try configuration.url("MONGO_URL", schemes: ["mongodb"]).text, threads: 4),
            database: try configuration.string("MONGO_DATABASE"))
        broker = try BrokerConfiguration(url: try configuration.url("RABBITMQ_URL", schemes: ["amqp"]).text)
        topology = EventTopology(prefix: try configuration.string("EVENTS_PREFIX"))
        cure = try configuration.string("STORM_CURE")
    }

    /// Makes tables and queues: what is told before a consumer first runs waits for it.
    func prepare() async throws {
        try await postgres.prepare()
        try await mongo.prepare()
        for consumer in consumers() { try await consumer.declare() }
    }

    func store(_ name: String) -> any StormStore { name == "mongo" ? mongo : postgres }

    /// All changes of one store, in turn over its subjects, the poison after the first third. What was made before a kill is not made again.
    func write(_ name: String, changes: Int, subjects: Int, pauseMilliseconds: UInt64) async throws {
        let store = store(name)
        for number in 1...changes {
            let subject = name == "postgres" && number == changes / 3 ? Self.poison : "\(name)-\(number % subjects)"
            if try await change(number, of: subject, in: store) { try await Task.sleep(for: .milliseconds(pauseMilliseconds)) }
        }
    }

    /// Until it is made, now or before.
    private func change(_ number: Int, of subject: String, in store: any StormStore) async throws -> Bool {
        while true {
            do { return try await store.change(number, of: subject) } catch {
                log.warning("a change is tried again", [("error", .string("\(error)"))])
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    func relay(_ name: String) -> OutboxRelay {
        OutboxRelay(service: "storm-\(name)", store: store(name).outbox, broker: broker, topology: topology, log: log)
    }

    /// One event at a time, batches, and a consumer whose inbox is in MongoDB.
    func consumers() -> [EventConsumer] {
        let (postgres, mongo, cure, types) = (postgres, mongo, cure, [StormChange.eventType])
        let subscriptions = [
            Subscription("ledger", types: types) { event in
                if event.subject == Self.poison, access(cure, F_OK) != 0 { kill(getpid(), SIGKILL) }
                try await postgres.apply([event], consumer: "ledger")
            },
            Subscription("bulk", types: types, batch: 20) { events in try await postgres.apply(events, consumer: "bulk") },
            Subscription("archive", types: types) { event in try await mongo.apply(event, consumer: "archive") },
        ]
        return subscriptions.map { EventConsumer(service: "storm", $0, broker: broker, topology: topology, log: log) }
    }

    func close() async {
        await postgres.pool.close()
        await mongo.pool.close()
    }
}
