/// How a relay works; the defaults are what production uses.
public struct RelayConfiguration: Sendable {
    /// How many rows are read, published and marked at a time.
    public var batch = 500
    /// How long the relay sleeps when nobody nudges it. Rows of another process wait this long at most.
    public var pollMilliseconds = 250
    /// How long a relay that does not lead waits before it tries again.
    public var standbyMilliseconds = 1_000
    /// How long published rows are kept.
    public var retentionSeconds = 24 * 3_600
    /// How long it is remembered that an event was seen. More than an event can wait in a queue or lie dead before it is redriven.
    public var inboxRetentionSeconds = 30 * 24 * 3_600
    /// How many rows one deletion removes.
    public var purgeChunk = 1_000
    /// How often rows are removed.
    public var purgeEverySeconds = 60
    /// How often the backlog is counted.
    public var measureEverySeconds = 5

    public init() {}
}
