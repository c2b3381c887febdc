internal import CRabbitMQ

extension Connection {
    /// Makes what is not there yet; throws `refused` 406 where it is there in another shape.
    func declare(_ topology: Topology) throws(BrokerError) {
        for exchange in topology.exchanges {
            var arena = Arena()
            amqp_exchange_declare(raw, Connection.channel, arena.bytes(exchange.name), arena.bytes(exchange.kind.rawValue), 0, 1, 0, 0,
                                  arena.table([:]))
            try checkReply("declare an exchange")
        }
        for queue in topology.queues {
            var arena = Arena()
            amqp_queue_declare(raw, Connection.channel, arena.bytes(queue.name), 0, 1, 0, 0, arena.table(queue.arguments))
            try checkReply("declare a queue")
            for binding in queue.bindings { try bind(queue.name, binding) }
        }
    }

    private func bind(_ queue: String, _ binding: Topology.Binding) throws(BrokerError) {
        var arena = Arena()
        amqp_queue_bind(raw, Connection.channel, arena.bytes(queue), arena.bytes(binding.exchange), arena.bytes(binding.pattern), arena.table([:]))
        try checkReply("bind a queue")
    }

    /// How many messages of `queue` are ready and how many consumers it has. `refused` 404 when it is not there (the channel is gone then).
    func depth(of queue: String) throws(BrokerError) -> QueueDepth {
        var arena = Arena()
        let answer = amqp_queue_declare(raw, Connection.channel, arena.bytes(queue), 1, 0, 0, 0, arena.table([:]))
        try checkReply("look at a queue")
        guard let answer else { throw BrokerError(.connection, "look at a queue: no answer") }
        return QueueDepth(messages: Int(answer.pointee.message_count), consumers: Int(answer.pointee.consumer_count))
    }

    func delete(_ topology: Topology) throws(BrokerError) {
        for queue in topology.queues {
            var arena = Arena()
            amqp_queue_delete(raw, Connection.channel, arena.bytes(queue.name), 0, 0)
            try checkReply("delete a queue")
        }
        for exchange in topology.exchanges {
            var arena = Arena()
            amqp_exchange_delete(raw, Connection.channel, arena.bytes(exchange.name), 0)
            try checkReply("delete an exchange")
        }
    }
}

/// How full a queue is.
public struct QueueDepth: Sendable, Equatable {
    /// Messages that wait to be handed out (not those that are with a consumer).
    public let messages: Int
    public let consumers: Int

    public init(messages: Int, consumers: Int) { (self.messages, self.consumers) = (messages, consumers) }
}
