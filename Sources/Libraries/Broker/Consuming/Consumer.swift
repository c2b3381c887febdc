internal import Loop
public import Telemetry

/// Takes messages of one queue over a connection of its own, on a thread of its own that keeps the heartbeats going while handlers work, and
/// reconnects when the connection is lost.
///
/// A new connection takes one message at a time until one that was never delivered before has been acknowledged, then up to `prefetch`: when a
/// message kills the process again and again, only its own delivery count rises, and the delivery limit takes it alone.
public final class Consumer: Sendable {
    private let state: ConsumerState
    private let ended = Ended()

    /// Starts the thread. Every connection declares `topology` first.
    /// - Parameter prefetch: how many messages may be here unsettled, the bound of what this consumer holds in memory.
    public init(_ configuration: BrokerConfiguration, queue: String, topology: Topology, prefetch: Int, log: Log) {
        let state = ConsumerState()
        self.state = state
        let thread = ConsumerThread(configuration, queue: queue, topology: topology, prefetch: prefetch, state, log)
        let ended = self.ended
        Thread("consumer") {
            thread.run()
            ended.finish()
        }.detach()
    }

    deinit { state.stop(by: 0) }

    /// Whether there is a connection now.
    public var isConnected: Bool { state.isConnected }

    /// The next messages, at least one and at most `limit`, in the order of the queue; waits for the first, never for more.
    /// Empty when the consumer was stopped or the task cancelled. Each is to be settled.
    public func next(upTo limit: Int) async -> [Delivery] {
        let id = state.nextID()
        defer { state.forget(id) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { state.wait(id, upTo: max(1, limit), $0) }
        } onCancel: { [state] in
            state.cancel(id)
        }
    }

    /// Hands out nothing more, waits until what was handed out is settled (at most `graceMilliseconds`) and closes; the rest goes back to the queue.
    public func stop(graceMilliseconds: Int = 20_000) async {
        requestStop(graceMilliseconds: graceMilliseconds)
        await waitUntilStopped()
    }

    /// The beginning of a stop: `next` is empty from now on.
    public func requestStop(graceMilliseconds: Int = 20_000) { state.stop(by: monotonicMilliseconds() + graceMilliseconds) }

    /// Whether a stop was asked for.
    public var isStopping: Bool { state.isStopping }

    /// Returns when a stop, asked for before or later, has come to its end.
    public func waitUntilStopped() async { await ended.wait() }
}
