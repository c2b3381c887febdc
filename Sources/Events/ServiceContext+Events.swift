public import Broker
public import Kit

extension ServiceContext {
    /// The broker (`LYCEUM_RABBITMQ_URL`). Connects when it is first used.
    public func broker() throws -> BrokerConfiguration {
        try BrokerConfiguration(url: try configuration.url("RABBITMQ_URL", schemes: ["amqp", "amqps"]).text)
    }

    /// The names of exchange and queues (`LYCEUM_EVENTS_PREFIX`, so that stacks can share a broker).
    public func eventTopology() throws -> EventTopology { EventTopology(prefix: try configuration.string("EVENTS_PREFIX", default: "lyceum")) }

    /// The relay of the service's outbox.
    public func relay(of store: any OutboxStore) throws -> OutboxRelay {
        OutboxRelay(service: service, store: store, broker: try broker(), topology: try eventTopology(), metrics: metrics, log: log,
                    tracer: tracer)
    }

    /// A consumer of the service.
    public func consumer(_ subscription: Subscription) throws -> EventConsumer {
        EventConsumer(service: service, subscription, broker: try broker(), topology: try eventTopology(), metrics: metrics, log: log, tracer: tracer)
    }
}
