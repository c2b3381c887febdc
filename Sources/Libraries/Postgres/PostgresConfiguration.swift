/// How a pool behaves. The defaults suit a service with short statements; times are in milliseconds.
public struct PostgresConfiguration: Sendable {
    /// Connections a loop may open for statements and transactions. With more than one, at least one is never leased to a transaction.
    public var connectionsPerLoop = 4
    /// From the first name looked up to the first statement.
    public var connectTimeout: UInt64 = 3000
    /// What the server lets a statement run; some time later we give the connection up.
    public var statementTimeout: UInt64 = 5000
    /// How long a caller waits for a connection.
    public var poolWait: UInt64 = 2000
    /// Statements of a loop that were sent and not answered yet, or wait to be sent; the next is refused at once.
    public var maximumQueued = 1024
    /// Callers of a loop that wait for a connection of their own; the next is refused at once.
    public var maximumWaiting = 256
    /// A connection nobody used for so long is closed, but for one a loop.
    public var idleTimeout: UInt64 = 60_000
    /// A connection is replaced after about so long, so that a new server gets its share.
    public var maximumAge: UInt64 = 1_800_000
    /// How often `withTransaction` runs its body when others are in the way.
    public var transactionAttempts = 5
    /// A replica, for statements that say `mayLag`. Nil: all go to the primary.
    public var replicaURL: String?
    /// What `pg_stat_activity` shows, unless the URL says otherwise.
    public var applicationName = "lyceum"

    /// The defaults; set what differs.
    public init() {}

    /// The defaults with the four that are changed most.
    public init(connectionsPerLoop: Int = 4, connectTimeout: UInt64 = 3000, statementTimeout: UInt64 = 5000, poolWait: UInt64 = 2000) {
        self.connectionsPerLoop = connectionsPerLoop
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.poolWait = poolWait
    }
}
