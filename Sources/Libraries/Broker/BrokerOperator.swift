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

    /// Which messages are meant.
    public typealias Choice = @Sendable (ReceivedMessage) -> Bool

    /// The first `limit` messages that are meant. They stay where they are (their order among themselves may change: they are put back).
    public func peek(_ queue: String, limit: Int, where matches: @escaping Choice = { _ in true }) async throws(BrokerError) -> [ReceivedMessage] {
        try await onConnection { connection throws(BrokerError) in
            var messages: [ReceivedMessage] = []
            _ = try connection.walk(queue, limit: limit, where: matches) { message, _, _ throws(BrokerError) in
                messages.append(message)
                return true
            }
            return messages
        }
    }

    /// Publishes the messages that are meant to the queues in which they died, and only when those have them takes them out here: ended at whatever
    /// moment, none is lost, and one may be in both. Looks at as many as are there at the start. One whose queue is gone stays.
    /// - Parameters:
    ///   - headers: what a message carries besides its own headers.
    ///   - moved: is told each message that went back, when it has; on a thread of the call.
    /// - Returns: how many went back.
    public func redrive(
        _ queue: String, limit: Int = .max, where matches: @escaping Choice = { _ in true },
        headers: @escaping @Sendable (ReceivedMessage) -> [String: HeaderValue] = { _ in [:] },
        moved: @escaping @Sendable (ReceivedMessage) -> Void = { _ in }
    ) async throws(BrokerError) -> Int {
        let timeout = configuration.confirmTimeoutMilliseconds
        return try await onConnection { connection throws(BrokerError) in
            try connection.selectConfirms()
            return try connection.walk(queue, limit: limit, where: matches) { message, tag, reader throws(BrokerError) in
                guard let target = message.originalQueue else { return false }
                let copy = message.revived(headers(message), to: target)
                guard try connection.move(copy, &reader, timeoutMilliseconds: timeout) else { return false }
                try connection.ack(tag, multiple: false)
                moved(message)
                return true
            }
        }
    }

    /// Takes the messages that are meant out of the queue for good. Looks at as many as are there at the start.
    /// - Parameter removing: is told each message before it is removed; on a thread of the call.
    /// - Returns: how many were removed.
    public func discard(
        _ queue: String, limit: Int = .max, where matches: @escaping Choice, removing: @escaping @Sendable (ReceivedMessage) -> Void
    ) async throws(BrokerError) -> Int {
        try await onConnection { connection throws(BrokerError) in
            try connection.walk(queue, limit: limit, where: matches) { message, tag, _ throws(BrokerError) in
                removing(message)
                try connection.ack(tag, multiple: false)
                return true
            }
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

extension ReceivedMessage {
    /// The same message for `queue`, as if it had never died: the broker counts anew.
    func revived(_ more: [String: HeaderValue], to queue: String) -> OutgoingMessage {
        let own = headers.filter { !$0.key.hasPrefix("x-death") && !$0.key.hasPrefix("x-first-death") && $0.key != "x-delivery-count" }
        return OutgoingMessage(exchange: "", routingKey: queue, body: body, messageID: messageID ?? "",
                               contentType: contentType ?? "application/octet-stream", type: type, headers: own.merging(more) { $1 })
    }
}

extension Connection {
    /// Gets one message after the other, as many as are there now, and does `body` with those that are meant until it has done so with `limit` of them
    /// (it says whether it did). How many. What it does not acknowledge goes back with the connection.
    borrowing func walk(
        _ queue: String, limit: Int, where matches: BrokerOperator.Choice,
        _ body: (ReceivedMessage, _ tag: UInt64, inout FrameReader) throws(BrokerError) -> Bool
    ) throws(BrokerError) -> Int {
        let there = try depth(of: queue).messages
        var reader = FrameReader()
        var done = 0
        for _ in 0..<there where done < limit {
            guard let (message, tag) = try get(queue, &reader) else { break }
            if matches(message), try body(message, tag, &reader) { done += 1 }
        }
        return done
    }

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

    /// Publishes a message; true when a queue has it safely.
    borrowing func move(
        _ message: OutgoingMessage, _ reader: inout FrameReader, timeoutMilliseconds: Int
    ) throws(BrokerError) -> Bool {
        try publish(message)
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
