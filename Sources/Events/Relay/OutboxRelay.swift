public import Broker
public import Kit
public import Telemetry

/// Publishes a service's outbox: rows in order, with confirms, marked when every queue that wants them has them.
///
/// Of several relays of a service one works at a time. Should two overlap for a moment (the leader's connection is dead and it does not know yet),
/// the first copy of each event still comes in order: each of them publishes in order, and begins with what no other has marked.
public final class OutboxRelay: Service {
    public let name: String
    private let service: String
    private let store: any OutboxStore
    private let broker: BrokerConfiguration
    private let topology: EventTopology
    private let configuration: RelayConfiguration
    private let log: Log
    private let nudged = Nudge()
    private let metrics: RelayMetrics
    private let tracer: Tracer?

    /// - Parameter service: whose outbox it is, for names and metrics.
    public init(service: String, store: any OutboxStore, broker: BrokerConfiguration, topology: EventTopology = EventTopology(),
                configuration: RelayConfiguration = RelayConfiguration(), metrics: Metrics = .shared, log: Log, tracer: Tracer? = nil) {
        name = "\(service) relay"
        self.service = service
        self.store = store
        self.broker = broker.named("\(service) relay")
        self.topology = topology
        self.configuration = configuration
        self.metrics = RelayMetrics(metrics, service: service)
        self.log = log
        self.tracer = tracer
    }

    /// Something was committed: publish now instead of at the next poll. Cheap; call it after every commit that appended.
    public func nudge() { nudged() }

    /// Leads or stands by until the task is cancelled.
    public func run() async throws {
        let publisher = Publisher(broker, topology: topology.exchanges, log: log)
        while !Task.isCancelled {
            do {
                if try await store.lead({ lease in try await self.relay(lease, publisher) }) == false {
                    metrics.isLeading(false)
                    await pause(configuration.standbyMilliseconds)
                }
            } catch {
                metrics.isLeading(false)
                guard !Task.isCancelled else { break }
                log.warning("the relay has lost its outbox", [("error", .string("\(error)"))])
                await pause(configuration.standbyMilliseconds)
            }
        }
        await publisher.stop()
    }

    private func relay(_ lease: any OutboxLease, _ publisher: Publisher) async throws {
        log.info("the relay leads")
        metrics.isLeading(true)
        var housekeeping = Housekeeping(configuration)
        while !Task.isCancelled {
            try await housekeeping.doDue(lease, metrics)
            let rows = try await lease.unpublished(limit: configuration.batch)
            guard !rows.isEmpty else {
                await nudged.wait(milliseconds: configuration.pollMilliseconds)
                continue
            }
            let spans = PublishSpans(rows, to: topology.exchange, tracer)
            let round = await RelayRound(rows, exchange: topology.exchange).publish(with: publisher)
            spans?.end(round)
            if !round.done.isEmpty { try await mark(round.done, lease) }
            metrics.published(round)
            if !round.unroutable.isEmpty {
                log.debug("events that nobody subscribes to", [("count", .int(round.unroutable.count)), ("type", .string(round.unroutable[0].type))])
            }
            guard let reason = round.obstacle, !Task.isCancelled else { continue }
            log.warning("events wait for the broker", [("count", .int(rows.count - round.done.count)), ("error", .string(reason))])
            await pause(configuration.pollMilliseconds)
        }
    }

    /// What is out is marked even when the relay is being stopped, so that it is not published twice at each restart.
    private func mark(_ rows: [OutboxRow], _ lease: any OutboxLease) async throws {
        try await toItsEnd { try await lease.markPublished(rows) }
    }

    // Before the next try at a broker, a store or a leadership that was not to be had: none of them tells when it is.
    private func pause(_ milliseconds: Int) async { try? await Task.sleep(for: .milliseconds(milliseconds)) }
}

/// What a relay does now and then: count the backlog, remove what is old.
struct Housekeeping {
    private let configuration: RelayConfiguration
    private let clock = ContinuousClock()
    private var measureAt: ContinuousClock.Instant
    private var purgeAt: ContinuousClock.Instant

    init(_ configuration: RelayConfiguration) {
        self.configuration = configuration
        measureAt = clock.now
        purgeAt = clock.now
    }

    mutating func doDue(_ lease: any OutboxLease, _ metrics: RelayMetrics) async throws {
        if clock.now >= measureAt {
            measureAt = clock.now + .seconds(configuration.measureEverySeconds)
            metrics.backlog(try await lease.backlog())
        }
        if clock.now >= purgeAt {
            let removed = try await lease.purge(publishedBefore: configuration.retentionSeconds, receivedBefore: configuration.inboxRetentionSeconds,
                                                limit: configuration.purgeChunk)
            // Full chunks follow one another with a round of publishing in between.
            purgeAt = clock.now + (removed >= configuration.purgeChunk ? .zero : .seconds(configuration.purgeEverySeconds))
        }
    }
}
