public import Telemetry

/// An event that waits to be published, as its store keeps it.
public struct OutboxRow: Sendable, Equatable {
    public let id: UUID16
    /// Rows of one subject are published in the order of their positions.
    public let position: Int64
    public let type: String
    public let subject: String
    /// The CloudEvent, JSON.
    public let payload: [UInt8]

    public init(id: UUID16, position: Int64, type: String, subject: String, payload: [UInt8]) {
        self.id = id
        self.position = position
        self.type = type
        self.subject = subject
        self.payload = payload
    }
}

/// How much waits to be published.
public struct OutboxBacklog: Sendable, Equatable {
    public let count: Int
    /// The age of the oldest, seconds; 0 when nothing waits.
    public let oldestSeconds: Double

    public init(count: Int, oldestSeconds: Double) {
        self.count = count
        self.oldestSeconds = oldestSeconds
    }
}

/// A service's outbox as its relay sees it.
public protocol OutboxStore: Sendable {
    /// Runs `body` while this relay, of all of the service, is the one that publishes; false at once when another one is.
    /// Returns when `body` does; throws what it throws, and when the leadership is lost under it.
    func lead(_ body: @escaping @Sendable (any OutboxLease) async throws -> Void) async throws -> Bool
}

/// The outbox in the hands of the leading relay.
public protocol OutboxLease: Sendable {
    /// Rows that were not published, the lowest positions first. Throws when the leadership is gone: each round begins with this. What a relay that has
    /// just lost it still marks or removes is right all the same. Rows are committed out of the order of their positions, so no mark moves on.
    func unpublished(limit: Int) async throws -> [OutboxRow]
    /// They need not be published again.
    func markPublished(_ rows: [OutboxRow]) async throws
    func backlog() async throws -> OutboxBacklog
    /// Removes at most `limit` rows that were published, and inbox rows that were received, longer ago than this; how many it were.
    func purge(publishedBefore outboxSeconds: Int, receivedBefore inboxSeconds: Int, limit: Int) async throws -> Int
}
