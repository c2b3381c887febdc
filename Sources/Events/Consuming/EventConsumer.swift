public import Broker
internal import Loop
public import Kit
public import Telemetry

/// Takes the events of one subscription from its queue and hands them to its handler, in order, each until it is dealt with or dead.
///
/// Delivery is at least once: the handler makes the effect happen once with the inbox, in the transaction of its change.
public final class EventConsumer: Service {
    public let name: String
    /// The queue's name: also what the consumer is called in metrics and logs.
    public let queue: String
    private let subscription: Subscription
    private let broker: BrokerConfiguration
    private let topology: EventTopology
    private let declared: Topology
    private let policy: RetryPolicy
    private let graceMilliseconds: Int
    private let metrics: ConsumerMetrics
    private let log: Log
    private let tracer: Tracer?

    /// - Parameter graceMilliseconds: how long handlers that run when the consumer is stopped may take to end.
    public init(service: String, _ subscription: Subscription, broker: BrokerConfiguration, topology: EventTopology = EventTopology(),
                policy: RetryPolicy = RetryPolicy(), graceMilliseconds: Int = 10_000, metrics: Metrics = .shared, log: Log, tracer: Tracer? = nil) {
        name = "\(service) \(subscription.consumer) consumer"
        queue = topology.queue(service: service, consumer: subscription.consumer)
        self.subscription = subscription
        self.broker = broker.named("\(service) \(subscription.consumer)")
        self.topology = topology
        declared = topology.topology(service: service, consumer: subscription.consumer, types: subscription.types)
        self.policy = policy
        self.graceMilliseconds = graceMilliseconds
        self.metrics = ConsumerMetrics(metrics, queue: queue)
        self.log = log.with("consumer", .string(queue))
        self.tracer = tracer
    }

    /// Makes the queue with its bindings where they are missing, so that what is told before the consumer first runs waits for it.
    public func declare() async throws(BrokerError) { try await BrokerOperator(broker).declare(declared) }

    /// Consumes until the task is cancelled; then handlers that run come to their end, and what they have not dealt with goes back to the queue.
    public func run() async throws {
        let consumer = Consumer(broker, queue: queue, topology: declared, prefetch: prefetch, log: log)
        let stopped = Nudge()
        // Not a child: cancelling this service must not cancel a handler in the middle of its transaction.
        let work = Task(executorPreference: Loop.current) { await self.work(consumer, stopped) }
        let watch = Task(executorPreference: Loop.current) { await self.watchDepth() }
        await withTaskCancellationHandler {
            await consumer.waitUntilStopped()
        } onCancel: { [graceMilliseconds] in
            consumer.requestStop(graceMilliseconds: graceMilliseconds)
            stopped()
        }
        watch.cancel()
        work.cancel()
        await work.value
        await watch.value
    }

    /// One event at a time is one message at a time: a quorum queue puts what comes back behind what came back before, so that a connection lost
    /// while such messages wait would turn their order around. Of batches twice what the handlers hold, so that the next one is here when one is done.
    private var prefetch: Int { subscription.batch == 1 ? subscription.concurrency : subscription.batch * subscription.concurrency * 2 }

    private func work(_ consumer: Consumer, _ stopped: Nudge) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<subscription.concurrency {
                group.addTask {
                    while case let deliveries = await consumer.next(upTo: self.subscription.batch), !deliveries.isEmpty {
                        await self.take(deliveries, consumer, stopped)
                    }
                }
            }
        }
    }

    private func take(_ deliveries: [Delivery], _ consumer: Consumer, _ stopped: Nudge) async {
        var wanted: [HandledEvent] = []
        for delivery in deliveries {
            do throws(EventError) {
                let event = try Event(decoding: delivery.message.body)
                if subscription.types.contains(event.type) {
                    wanted.append(HandledEvent(event: event, delivery: delivery, tracer))
                } else if subscription.knowsAnotherVersion(of: event.type) {
                    throw EventError("\(event.type) is a version that this consumer does not know")
                } else {
                    // A binding of an earlier version of this consumer.
                    delivery.ack()
                    metrics.ignored()
                }
            } catch {
                delivery.nack(requeue: false)
                metrics.died(1)
                log.error("a message cannot be read as an event", [("messageId", .string(delivery.message.messageID ?? "")), ("error", .string(error.description))])
            }
        }
        if !wanted.isEmpty { await handle(wanted, consumer, stopped) }
    }

    /// Until they are dealt with, dead, or the consumer is stopped.
    private func handle(_ events: [HandledEvent], _ consumer: Consumer, _ stopped: Nudge) async {
        var failures = RetryPolicy.State()
        while true {
            guard let error = await attempt(events) else { return }
            if consumer.isStopping { return giveBack(events) }
            if events.count > 1, RetryPolicy.kind(of: error) != .passing {
                // One of them spoils it for all: each alone, still in order.
                for event in events { await handle([event], consumer, stopped) }
                return
            }
            switch failures.failed(error, policy) {
            case .dead: return bury(events, error)
            case .retry(let milliseconds):
                metrics.triedAgain()
                let more: [Log.Field] = [("milliseconds", .int(milliseconds)), ("error", .string("\(error)"))]
                log.warning("an event is tried again", events[0].fields + more)
                await stopped.wait(milliseconds: milliseconds)
            }
            if consumer.isStopping { return giveBack(events) }
        }
    }

    /// Calls the handler within the trace of the event; nil when all is well.
    private func attempt(_ events: [HandledEvent]) async -> (any Error)? {
        let begun = ContinuousClock.now
        let spans = events.map { $0.span(queue, of: events.count) }
        do {
            try await Trace.$current.withValue(spans[0]?.trace ?? events[0].trace) { try await subscription.handle(events.map(\.event)) }
        } catch {
            for span in spans { span?.end(failure: "\(type(of: error))") }
            return error
        }
        for span in spans { span?.end() }
        for event in events { event.delivery.ack() }
        let taken = (ContinuousClock.now - begun) / .seconds(1)
        metrics.done(events.map(\.event), seconds: taken)
        for event in events {
            Trace.$current.withValue(event.trace) { log.info("event handled", event.fields + [("seconds", .double(taken))]) }
        }
        return nil
    }

    private func giveBack(_ events: [HandledEvent]) { for event in events { event.delivery.nack(requeue: true) } }

    private func bury(_ events: [HandledEvent], _ error: any Error) {
        for event in events {
            event.delivery.nack(requeue: false)
            Trace.$current.withValue(event.trace) { log.error("an event is dead", event.fields + [("error", .string("\(error)"))]) }
        }
        metrics.died(events.count)
    }

    /// How full the queue and its dead-letter queue are, twice a minute.
    private func watchDepth() async {
        let broker = BrokerOperator(broker.named("\(name) depth"))
        while !Task.isCancelled {
            // A gauge: twice a minute is as often as it is scraped.
            try? await Task.sleep(for: .seconds(30))
            guard !Task.isCancelled else { return }
            if let depth = try? await broker.depth(of: queue) { metrics.waiting(depth.messages) }
            if let depth = try? await broker.depth(of: topology.deadLetterQueue(of: queue)) { metrics.lyingDead(depth.messages) }
        }
    }
}

/// An event and the message that brought it.
private struct HandledEvent: Sendable {
    let event: Event
    let delivery: Delivery
    /// A step of the trace in which the event happened; of a trace of its own when it happened in none.
    let trace: Trace

    init(event: Event, delivery: Delivery, _ tracer: Tracer?) {
        self.event = event
        self.delivery = delivery
        trace = .entering(after: event.trace, tracer)
    }

    /// One call of the handler: each has a place of its own in the trace.
    func span(_ queue: String, of count: Int) -> ActiveSpan? {
        guard var span = ActiveSpan(at: trace.child(), after: event.trace, .consumer, "process \(event.type)") else { return nil }
        span.set("messaging.system", .string("rabbitmq"))
        span.set("messaging.operation.type", .string("process"))
        span.set("messaging.operation.name", .string("process"))
        span.set("messaging.destination.name", .string(queue))
        span.set("messaging.message.id", .string(event.id.description))
        if count > 1 { span.set("messaging.batch.message_count", .int(count)) }
        return span
    }

    /// What the log says of it: also who brought it back from the dead.
    var fields: [Log.Field] {
        let known: [Log.Field] = [("type", .string(event.type)), ("subject", .string(event.subject)), ("eventId", .string(event.id.description))]
        guard let redrive = Redrive(delivery.message) else { return known }
        return known + [("redrivenBy", .string(redrive.by)), ("redriven", .int(redrive.count))]
    }
}
