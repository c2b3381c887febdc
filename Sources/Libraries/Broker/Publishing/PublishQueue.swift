internal import Loop

/// The messages of one `publish` call and the task that waits for them. Once it has left the queue it belongs to the publisher's thread.
final class PublishBatch: @unchecked Sendable {   // first the queue's lock guards it, then it is on one thread
    let messages: [OutgoingMessage]
    private var outcomes: [PublishOutcome]
    private var remaining: Int
    private var continuation: CheckedContinuation<[PublishOutcome], any Error>?

    init(_ messages: [OutgoingMessage], _ continuation: CheckedContinuation<[PublishOutcome], any Error>) {
        self.messages = messages
        outcomes = Array(repeating: .confirmed, count: messages.count)
        remaining = messages.count
        self.continuation = continuation
    }

    func settle(_ index: Int, _ outcome: PublishOutcome) {
        outcomes[index] = outcome
        remaining -= 1
        if remaining == 0 { continuation.take()?.resume(returning: outcomes) }
    }

    /// The fate of what is unconfirmed is unknown; more than one call is one.
    func fail(_ error: BrokerError) { continuation.take()?.resume(throwing: error) }
}

/// What waits for the publisher's thread. Bounded.
final class PublishQueue: Sendable {
    private struct State {
        var waiting: [(id: UInt64, batch: PublishBatch)] = []
        var messages = 0
        var lastID: UInt64 = 0
        var cancelled: Set<UInt64> = []
        var isStopping = false
        var isConnected = false
    }
    private let state = Locked(State())
    private let limit: Int
    let wake = Wake()

    init(limit: Int) { self.limit = limit }

    var isStopping: Bool { state.withLock { $0.isStopping } }
    var isConnected: Bool { state.withLock { $0.isConnected } }
    func setConnected(_ value: Bool) { state.withLock { $0.isConnected = value } }

    func stop() {
        state.withLock { $0.isStopping = true }
        wake.pulse()
    }

    /// A number for a batch that is about to be added, so that it can be cancelled even before.
    func nextID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func add(_ batch: PublishBatch, id: UInt64) {
        let refusal: BrokerError? = state.withLock { state in
            if state.isStopping { return BrokerError(.stopped, "the publisher was stopped") }
            if state.cancelled.remove(id) != nil { return BrokerError(.cancelled, "cancelled before it was sent") }
            if state.messages + batch.messages.count > limit { return BrokerError(.overloaded, "\(state.messages) messages wait already") }
            state.waiting.append((id, batch))
            state.messages += batch.messages.count
            return nil
        }
        if let refusal { batch.fail(refusal) } else { wake.pulse() }
    }

    /// Takes the batch back unless the thread has it already: what has been sent is waited for.
    func cancel(_ id: UInt64) {
        let batch: PublishBatch? = state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            let batch = state.waiting.remove(at: index).batch
            state.messages -= batch.messages.count
            return batch
        }
        batch?.fail(BrokerError(.cancelled, "cancelled before it was sent"))
    }

    /// The call is over, whatever became of it.
    func forget(_ id: UInt64) { state.withLock { _ = $0.cancelled.remove(id) } }

    /// The batch that has waited longest.
    func take() -> PublishBatch? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let batch = state.waiting.removeFirst().batch
            state.messages -= batch.messages.count
            return batch
        }
    }
}
