internal import CRabbitMQ
internal import Loop

/// What a person does at the broker: look into queues, take dead messages back to where they came from. A connection and a thread for each call.
public struct BrokerOperator: Sendable {
    private let configuration: BrokerConfiguration

    public init(_ configuration: BrokerConfiguration) { self.configuration = configuration }

    /// Makes what is not there yet.
    public func declare(_ topology: Topology) async throws(BrokerError) {
        try await onConnection { connection throws(BrokerError) in try connection.declare(topology) }
    }

    /// Deletes the queues with their messages, and the exchanges.
    public func delete(_ topology: Topology) async throws(BrokerError) {
        try await onConnection { connection throws(BrokerError) in try connection.delete(topology) }
    }

    /// How full the queue is; nil when there is none of that name.
    public func depth(of queue: String) async throws(BrokerError) -> QueueDepth? {
        do {
            return try await onConnection { connection throws(BrokerError) in try connection.depth(of: queue) }
        } catch where error.kind == .refused && error.code == 404 {
            return nil
        }
    }

    /// The first `limit` messages, which stay where they are (their order among themselves may change: they are put back).
    public func peek(_ queue: String, limit: Int) async throws(BrokerError) -> [ReceivedMessage] {
        try await onConnection { connection throws(BrokerError) in
            var reader = FrameReader()
            var messages: [ReceivedMessage] = []
            while messages.count < limit, let (message, _) = try connection.get(queue, &reader) { messages.append(message) }
            return messages
        }
    }

    /// Publishes the messages of `queue` that `matches` to the queues in which they died, and only when those have them takes them out here.
    /// Looks at as many as are there at the start. Returns how many went back; one whose queue is gone stays.
    public func redrive(
        _ queue: String, limit: Int = .max, where matches: @escaping @Sendable (ReceivedMessage) -> Bool = { _ in true }
    ) async throws(BrokerError) -> Int {
        let timeout = configuration.confirmTimeoutMilliseconds
        return try await onConnection { connection throws(BrokerError) in
            let there = try connection.depth(of: queue).messages
            try connection.selectConfirms()
            var reader = FrameReader()
            var moved = 0
            for _ in 0..<there where moved < limit {
                guard let (message, tag) = try connection.get(queue, &reader) else { break }
                guard matches(message), let target = message.originalQueue else { continue }
                if try connection.move(message, to: target, &reader, timeoutMilliseconds: timeout) {
                    try connection.ack(tag, multiple: false)
                    moved += 1
                }
            }
            return moved
        }
    }

    /// The connection is closed afterwards, which puts back what was got and not acknowledged.
    private func onConnection<R: Sendable>(
        _ body: @escaping @Sendable (borrowing Connection) throws(BrokerError) -> R
    ) async throws(BrokerError) -> R {
        let configuration = configuration
        let result: Result<R, BrokerError> = await withCheckedContinuation { continuation in
            Thread("operator") {
                continuation.resume(returning: Result { () throws(BrokerError) -> R in
                    let connection = try Connection.open(configuration)
                    let value = try body(connection)
                    connection.close()
                    return value
                })
            }.detach()
        }
        return try result.get()
    }
}

extension Connection {
    /// Takes the next message of `queue` without acknowledging it; nil when there is none.
    borrowing func get(_ queue: String, _ reader: inout FrameReader) throws(BrokerError) -> (ReceivedMessage, tag: UInt64)? {
        var arena = Arena()
        let reply = amqp_basic_get(raw, Connection.channel, arena.bytes(queue), 0)
        try checkReply(reply, "get")
        guard reply.reply.id == AMQP_BASIC_GET_OK_METHOD else { return nil }
        reader.begin(got: reply.reply.decoded)
        let content = try wait(&reader, milliseconds: 10_000) { if case .delivery = $0 { true } else { false } }
        guard case .delivery(let message, let tag) = content else { return nil }
        return (message, tag)
    }

    /// Publishes a copy straight to `queue`; true when it is safely there.
    borrowing func move(
        _ message: ReceivedMessage, to queue: String, _ reader: inout FrameReader, timeoutMilliseconds: Int
    ) throws(BrokerError) -> Bool {
        // Its deaths are over; the counts begin anew.
        let headers = message.headers.filter { !$0.key.hasPrefix("x-death") && !$0.key.hasPrefix("x-first-death") && $0.key != "x-delivery-count" }
        try publish(OutgoingMessage(exchange: "", routingKey: queue, body: message.body, messageID: message.messageID ?? "",
                                    contentType: message.contentType ?? "application/octet-stream", type: message.type, headers: headers))
        var isReturned = false
        let answer = try wait(&reader, milliseconds: timeoutMilliseconds) { incoming in
            if case .returned = incoming { isReturned = true }
            if case .confirmed = incoming { return true } else { return false }
        }
        guard case .confirmed(_, _, let isAck) = answer else { return false }
        return isAck && !isReturned
    }

    private borrowing func wait(_ reader: inout FrameReader, milliseconds: Int, for isWanted: (Incoming) -> Bool) throws(BrokerError) -> Incoming {
        let wake = Wake()
        let end = monotonicMilliseconds() + milliseconds
        while true {
            while let incoming = try reader.next(from: self) { if isWanted(incoming) { return incoming } }
            guard monotonicMilliseconds() < end else { throw BrokerError(.timeout, "no answer within \(milliseconds) ms") }
            wake.wait(orReadable: descriptor, milliseconds: 500)
        }
    }
}
