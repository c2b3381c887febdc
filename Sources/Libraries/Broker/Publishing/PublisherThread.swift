internal import Loop
internal import Telemetry

/// The publisher's side of the queue: connect, send, read the confirms, again after a loss. All of it on one thread.
final class PublisherThread: @unchecked Sendable {   // made on one thread, used on the one it is given to
    private typealias Owner = (batch: PublishBatch, index: Int)

    private let configuration: BrokerConfiguration
    private let topology: Topology
    private let queue: PublishQueue
    private let log: Log
    private var confirms = Confirms<Owner>()
    private var reader = FrameReader()
    private var stopBy: Int?

    init(_ configuration: BrokerConfiguration, _ topology: Topology, _ queue: PublishQueue, _ log: Log) {
        self.configuration = configuration
        self.topology = topology
        self.queue = queue
        self.log = log
    }

    func run() {
        var backoff = Backoff(capMilliseconds: configuration.reconnectMaximumMilliseconds)
        while !queue.isStopping {
            do throws(BrokerError) {
                let connection = try Connection.open(configuration)
                try connection.declare(topology)
                try connection.selectConfirms()
                log.info("publisher connected", [("broker", .string(configuration.host))])
                backoff.reset()
                queue.setConnected(true)
                try serve(connection)
                abandon()
                connection.close()
            } catch {
                lost(error)
            }
            if !queue.isStopping { pause(backoff.milliseconds()) }
        }
        while let batch = queue.take() { batch.fail(BrokerError(.stopped, "the publisher was stopped")) }
    }

    /// What the broker did not confirm before the end has an unknown fate.
    private func abandon() {
        for owner in confirms.abandon() { owner.batch.fail(BrokerError(.stopped, "the publisher was stopped before the broker confirmed")) }
    }

    /// Sends and reads until told to stop and all is confirmed, or its time is over; throws when the connection is lost.
    private func serve(_ connection: borrowing Connection) throws(BrokerError) {
        while true {
            while let batch = queue.take() { try send(batch, connection) }
            try read(connection)
            if queue.isStopping, isDrained() { return }
            if let oldest = confirms.oldest, monotonicMilliseconds() - oldest > configuration.confirmTimeoutMilliseconds {
                throw BrokerError(.timeout, "no confirm within \(configuration.confirmTimeoutMilliseconds) ms")
            }
            // Wakes once a second at least: the library sends its heartbeats only when asked to read.
            queue.wake.wait(orReadable: connection.descriptor, milliseconds: queue.isStopping ? 50 : 1_000)
        }
    }

    private func send(_ batch: PublishBatch, _ connection: borrowing Connection) throws(BrokerError) {
        for (index, message) in batch.messages.enumerated() {
            confirms.sent((batch, index), messageID: message.messageID, routingKey: message.routingKey, at: monotonicMilliseconds())
            do throws(BrokerError) {
                try connection.publish(message)
            } catch {
                batch.fail(error)
                throw error
            }
            if index % 128 == 127 { try read(connection) }
        }
    }

    private func read(_ connection: borrowing Connection) throws(BrokerError) {
        while let incoming = try reader.next(from: connection) {
            switch incoming {
            case .confirmed(let tag, let multiple, let isAck):
                for settled in confirms.confirmed(tag, multiple: multiple, isAck: isAck) {
                    settled.owner.batch.settle(settled.owner.index, settled.outcome)
                }
            case .returned(let id, let key): confirms.returned(messageID: id, routingKey: key)
            case .blocked(let isBlocked): log.warning("the broker's memory or disk alarm", [("blocked", .bool(isBlocked))])
            case .delivery, .consumerCancelled: break
            }
        }
    }

    private func isDrained() -> Bool {
        let now = monotonicMilliseconds()
        let limit = stopBy ?? now + configuration.confirmTimeoutMilliseconds
        stopBy = limit
        return confirms.count == 0 || now >= limit
    }

    /// What was sent has an unknown fate; what waits fails too when there was no connection to send it by.
    private func lost(_ error: BrokerError) {
        let wasConnected = queue.isConnected
        queue.setConnected(false)
        for owner in confirms.abandon() { owner.batch.fail(error) }
        (confirms, reader) = (Confirms(), FrameReader())
        if !wasConnected { while let batch = queue.take() { batch.fail(error) } }
        log.warning("publisher has no connection", [("error", .string(error.description))])
    }

    private func pause(_ milliseconds: Int) {
        let end = monotonicMilliseconds() + milliseconds
        while !queue.isStopping, case let left = end - monotonicMilliseconds(), left > 0 { queue.wake.wait(milliseconds: left) }
    }
}
