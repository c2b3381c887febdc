internal import Loop

/// Where the replica set is, and how long anything may take.
public struct MongoConfiguration: Sendable {
    /// `mongodb://host:port,…/?replicaSet=…`. A time limit that it names wins over the one here. It may hold a password: never log it.
    public var uri: String
    /// How many threads, each with a client of its own; as many operations run at once.
    public var threads = 8
    /// How many operations may wait for a thread; the next is refused.
    public var waiting = 1024
    /// How long an operation may wait for a thread, in milliseconds.
    public var waitMilliseconds = 2000
    /// How long a server is looked for, in milliseconds.
    public var serverSelectionMilliseconds = 3000
    /// How long a connection may take to come up, in milliseconds.
    public var connectMilliseconds = 2000
    /// How long an answer may take, in milliseconds: more than `operationMilliseconds`, so that the server gives up first, and less than the 15 s in
    /// which a connection that went dead is to be found.
    public var socketMilliseconds = 12_000
    /// How long the server may work on one read, in milliseconds.
    public var operationMilliseconds = 5000
    /// How often a transaction is tried before its error is passed on.
    public var transactionAttempts = 5
    /// What the server's log calls this client.
    public var applicationName = "lyceum"
    /// How long a transaction may be tried, in milliseconds.
    var transactionMilliseconds = 30_000

    /// The rest as it stands.
    public init(uri: String, threads: Int = 8) {
        self.uri = uri
        self.threads = threads
    }

    /// The same for what is due by `deadline`.
    func within(_ deadline: Deadline?) -> MongoConfiguration {
        guard let left = deadline?.remainingMilliseconds else { return self }
        var shorter = self
        // To the server 0 is no limit.
        shorter.operationMilliseconds = max(1, min(operationMilliseconds, left))
        shorter.transactionMilliseconds = min(transactionMilliseconds, left)
        return shorter
    }
}
