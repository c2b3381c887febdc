internal import Loop
public import Telemetry

/// Publishes with confirms over a connection of its own, on a thread of its own, and reconnects when the connection is lost.
public final class Publisher: Sendable {
    private let queue: PublishQueue
    private let ended = Ended()

    /// Starts the thread; the first connection is made at once and in the background. Every connection declares `topology` first.
    public init(_ configuration: BrokerConfiguration, topology: Topology = Topology(), log: Log) {
        let queue = PublishQueue(limit: configuration.publishQueueLimit)
        self.queue = queue
        let (thread, ended) = (PublisherThread(configuration, topology, queue, log), self.ended)
        Thread("publisher") {
            thread.run()
            ended.finish()
        }.detach()
    }

    deinit { queue.stop() }

    /// Whether there is a connection now.
    public var isConnected: Bool { queue.isConnected }

    /// Publishes `messages` in order and returns, with one outcome for each, when the broker has answered for all of them.
    ///
    /// Throws when the connection is lost meanwhile or cannot be made: what became of the messages is unknown then (publish them again; whoever
    /// receives them must know them by their id). A publish while there is no connection waits for the next attempt and fails with it.
    /// A cancelled task takes back what has not been sent; for what has been, it waits (bounded by the confirm timeout).
    @discardableResult
    public func publish(_ messages: [OutgoingMessage]) async throws(BrokerError) -> [PublishOutcome] {
        guard !messages.isEmpty else { return [] }
        if let flaw = messages.lazy.compactMap(\.flaw).first { throw BrokerError(.invalid, flaw) }
        let id = queue.nextID()
        defer { queue.forget(id) }
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { queue.add(PublishBatch(messages, $0), id: id) }
            } onCancel: { [queue] in
                queue.cancel(id)
            }
        } catch let error as BrokerError {
            throw error
        } catch {
            throw BrokerError(.connection, "\(error)")
        }
    }

    /// Takes nothing more, waits for what is under way (at most the confirm timeout) and closes the connection.
    public func stop() async {
        queue.stop()
        await ended.wait()
    }
}
