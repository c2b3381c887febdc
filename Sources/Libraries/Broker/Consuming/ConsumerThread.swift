internal import Loop
internal import Telemetry

/// The consumer's side of the queue: connect, declare, receive, settle, again after a loss. All of it on one thread.
final class ConsumerThread: @unchecked Sendable {   // made on one thread, used on the one it is given to
    private let configuration: BrokerConfiguration
    private let queue: String
    private let topology: Topology
    private let prefetch: Int
    private let state: ConsumerState
    private let log: Log
    private var reader = FrameReader()
    private var unsettled = Unsettled()
    private var generation: UInt64 = 0
    private var consumption = 0
    private var granted = 1

    init(_ configuration: BrokerConfiguration, queue: String, topology: Topology, prefetch: Int, _ state: ConsumerState, _ log: Log) {
        self.configuration = configuration
        self.queue = queue
        self.topology = topology
        self.prefetch = max(1, prefetch)
        self.state = state
        self.log = log
    }

    func run() {
        var backoff = Backoff(capMilliseconds: configuration.reconnectMaximumMilliseconds)
        while !state.isStopping {
            do throws(BrokerError) {
                let connection = try Connection.open(configuration)
                begin()
                try connection.declare(topology)
                try connection.consume(queue, tag: tag, prefetch: granted)
                log.info("consumer connected", [("queue", .string(queue))])
                backoff.reset()
                state.setConnected(true)
                try serve(connection)
                connection.close()
            } catch {
                log.warning("consumer has no connection", [("queue", .string(queue)), ("error", .string(error.description))])
            }
            state.setConnected(false)
            // What nobody took would come twice: the broker delivers it again.
            _ = state.dropWaiting()
            if !state.isStopping { pause(backoff.milliseconds()) }
        }
    }

    private var tag: String { "lyceum-\(generation)-\(consumption)" }

    private func begin() {
        generation += 1
        (reader, unsettled, granted) = (FrameReader(), Unsettled(), 1)
    }

    private func serve(_ connection: borrowing Connection) throws(BrokerError) {
        var isCancelled = false
        while true {
            let settled = state.takeSettled()
            // Looked at after what is settled was taken: what a consumer that stops gives back must not come to it again.
            let isStopping = state.isStopping
            if isStopping && !isCancelled {
                try connection.cancel(tag: tag)
                isCancelled = true
            }
            try settle(settled, connection)
            if isStopping {
                try read(connection)
                unsettled.forget(state.dropWaiting())
                try settle(state.takeSettled(), connection)   // what was settled between the last look and the stop
                if unsettled.isEmpty || monotonicMilliseconds() >= state.stopBy ?? 0 { return }
            } else {
                try takeMore(connection)
                try read(connection)
            }
            // Wakes once a second at least: the library sends its heartbeats only when asked to read.
            state.wake.wait(orReadable: connection.descriptor, milliseconds: isStopping ? 50 : 1_000)
        }
    }

    private func settle(_ settled: [ConsumerState.Settled], _ connection: borrowing Connection) throws(BrokerError) {
        let current = settled.filter { $0.generation == generation }.map { (tag: $0.tag, settlement: $0.settlement) }
        for command in unsettled.settle(current) {
            switch command {
            case .ack(let tag, let multiple): try connection.ack(tag, multiple: multiple)
            case .nack(let tag, let requeue): try connection.nack(tag, requeue: requeue)
            }
        }
    }

    /// Raises the prefetch once it is known that fresh messages are dealt with. A running consumer's cannot be changed, so another begins.
    private func takeMore(_ connection: borrowing Connection) throws(BrokerError) {
        guard granted < prefetch, unsettled.hasAcknowledgedFresh else { return }
        granted = prefetch
        try connection.cancel(tag: tag)
        consumption += 1
        try connection.consume(queue, tag: tag, prefetch: granted)
    }

    private func read(_ connection: borrowing Connection) throws(BrokerError) {
        while let incoming = try reader.next(from: connection) {
            switch incoming {
            case .delivery(let message, let tag):
                unsettled.delivered(tag, isFresh: !message.isRedelivered && message.deliveryCount == 0)
                state.arrived(Delivery(message: message, tag: tag, generation: generation, settlements: state))
            case .consumerCancelled: throw BrokerError(.connection, "the broker cancelled the consumer: its queue is gone or has no leader")
            case .blocked, .confirmed, .returned: break
            }
        }
    }

    private func pause(_ milliseconds: Int) {
        let end = monotonicMilliseconds() + milliseconds
        while !state.isStopping, case let left = end - monotonicMilliseconds(), left > 0 { state.wake.wait(milliseconds: left) }
    }
}
