public import Kit

/// What one consumer of a service listens to, and what it does with it.
public struct Subscription: Sendable {
    /// Its name within the service; with it its queue and its inbox rows are named.
    public let consumer: String
    /// The types of events, each exactly (`lyceum.course.published.v1`).
    public let types: [String]
    /// How many events the handler gets at once, at most. With 1 it gets one at a time, in the order of each subject. Batches come in the order of
    /// the queue too, until connections are lost while they wait: their handler compares revisions.
    public let batch: Int
    /// How many handlers run at once. With 1 the order of the queue is kept.
    public let concurrency: Int
    /// Does the work: its change and the inbox rows in one transaction. Returning is the acknowledgement; throwing is another try.
    public let handle: @Sendable ([Event]) async throws -> Void

    /// A consumer that gets batches.
    public init(_ consumer: String, types: [String], batch: Int, concurrency: Int = 1, handle: @escaping @Sendable ([Event]) async throws -> Void) {
        self.consumer = consumer
        self.types = types
        self.batch = max(1, batch)
        self.concurrency = max(1, concurrency)
        self.handle = handle
    }

    /// Whether an event of this type is a version, of something that the consumer wants, which it does not know: `lyceum.order.paid.v2` for one that
    /// listens to `lyceum.order.paid.v1`. A newer program has bound it and was taken back.
    func knowsAnotherVersion(of type: String) -> Bool {
        func stem(_ type: String) -> Substring {
            guard let dot = type.lastIndex(of: "."), type[dot...].wholeMatch(of: /\.v[0-9]+/) != nil else { return type[...] }
            return type[..<dot]
        }
        return !types.contains(type) && types.contains { stem($0) == stem(type) }
    }

    /// A consumer that gets one event at a time.
    public init(_ consumer: String, types: [String], concurrency: Int = 1, handle: @escaping @Sendable (Event) async throws -> Void) {
        self.init(consumer, types: types, batch: 1, concurrency: concurrency) { events in for event in events { try await handle(event) } }
    }
}

/// Thrown by a handler that needs something which is not there now: the event is tried again, however often, and does not count as failed.
public struct RetryLater: Error, Sendable {
    /// What is not there, for the log.
    public let reason: String
    public init(_ reason: String) { self.reason = reason }
}
