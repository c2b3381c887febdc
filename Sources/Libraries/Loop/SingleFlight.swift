/// Work that many ask for at once and that is done once: whoever asks for a key while it is under way gets that result too.
public final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Flights {
        var lastID = 0
        var tasks: [Key: (id: Int, task: Task<Value, any Error>)] = [:]
    }
    private let flights = Locked(Flights())

    /// Nothing is under way.
    public init() {}

    /// What `work` gives for the key; throws what it throws, to every caller of the moment.
    ///
    /// The work goes on when its callers are cancelled: it ends by its own deadlines. It runs on the loop of the caller who began it.
    /// `keep` is given the result unless `forget` was called for the key meanwhile. It runs under a lock that `forget` takes too, so nothing
    /// is kept after it was forgotten: a few instructions only.
    public func value(
        _ key: Key, keep: @escaping @Sendable (Value) -> Void = { _ in }, work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = flights.withLock { flights in
            if let flight = flights.tasks[key] { return flight.task }
            flights.lastID += 1
            let id = flights.lastID
            let task = Task(executorPreference: Loop.current) { [self] in
                do {
                    let value = try await work()
                    end(key, id) { keep(value) }
                    return value
                } catch {
                    end(key, id) {}
                    throw error
                }
            }
            flights.tasks[key] = (id, task)
            return task
        }
        return try await task.value
    }

    /// What is under way for these keys is not for those who ask from now on, and is not kept.
    public func forget(_ keys: some Sequence<Key>) {
        let keys = Array(keys)
        flights.withLock { flights in for key in keys { flights.tasks[key] = nil } }
    }

    private func end(_ key: Key, _ id: Int, _ keep: () -> Void) {
        flights.withLock { flights in
            guard flights.tasks[key]?.id == id else { return }
            flights.tasks[key] = nil
            keep()
        }
    }
}
