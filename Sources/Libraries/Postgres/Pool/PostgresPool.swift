public import Loop
public import Telemetry

/// The connections of this process to one database: some on each loop, made when they are needed, made again when they are lost.
///
/// From a task on one of the loops a call stays on it; from anywhere else it hops to one of them and back.
public final class PostgresPool: PostgresExecutor {
    /// What it was made with.
    public let configuration: PostgresConfiguration
    /// Where in words, without a secret: `postgresql://user@host:5432/database`.
    public let place: String
    let loops: LoopGroup
    let log: Log
    private let primary: [LoopPool]
    private let replica: [LoopPool]

    /// Connects to nothing yet. Throws when a URL cannot be read.
    ///
    /// `url`: `postgresql://user:password@host:port/database?sslmode=verify-full`, or anything else that libpq takes.
    public init(url: String, _ configuration: PostgresConfiguration = .init(), on loops: LoopGroup, log: Log) throws(PostgresError) {
        self.configuration = configuration
        self.loops = loops
        self.log = log
        let settings = try ConnectionSettings(url: url, configuration)
        place = settings.description
        primary = loops.loops.map { LoopPool(settings, configuration, on: $0, log: log) }
        if let replicaURL = configuration.replicaURL {
            let settings = try ConnectionSettings(url: replicaURL, configuration)
            replica = loops.loops.map { LoopPool(settings, configuration, on: $0, log: log) }
        } else {
            replica = []
        }
    }

    /// Connections that were not closed by `close` are closed behind its back.
    deinit {
        for pool in primary + replica {
            Task(executorPreference: pool.loop) {
                // When the loop has ended before, its tasks run elsewhere, and nothing is left to close.
                guard pool.loop.isCurrent else { return }
                await pool.close()
            }
        }
    }

    /// The part of the pool that belongs to this thread, or to the loop whose turn it is.
    var local: LoopPool { part(of: primary) }

    private func part(of pools: [LoopPool]) -> LoopPool {
        if let mine = Loop.current, let pool = pools.first(where: { $0.loop === mine }) { return pool }
        let next = loops.next()
        return pools.first { $0.loop === next } ?? pools[0]
    }

    /// Runs statements in one round trip on a connection that others use at the same time; they are a transaction of their own.
    ///
    /// Read-only statements are sent once more when their connection is lost; others only when they were never sent. Batches of statements that all
    /// `mayLag` go to the replica, and to the primary when that one is away or ends them for what it has to replay.
    @discardableResult
    public func run(_ batch: [(Statement, [Parameter])]) async throws(PostgresError) -> [Rows] {
        let span = StatementSpan(batch, primary[0].settings)
        let outcome = await outcome(of: batch)
        span?.end(outcome)
        return try outcome.get()
    }

    private func outcome(of batch: [(Statement, [Parameter])]) async -> Connection.Outcome {
        if !replica.isEmpty, batch.allSatisfy({ $0.0.mayLag }) {
            let pool = part(of: replica)
            let outcome = await pool.loop.hop { await pool.run(batch) }
            guard case .failure(let error) = outcome, error.sendsElsewhere else { return outcome }
        }
        let pool = local
        return await pool.loop.hop { await pool.run(batch) }
    }

    /// Asks the server for a sign of life.
    public func ping() async throws(PostgresError) {
        _ = try await query(PostgresPool.pingStatement)
    }
    private static let pingStatement = Statement("select 1", isReadOnly: true)

    /// Refuses what comes from now on, waits for what runs, closes all connections. Listeners and locks end.
    public func close() async {
        for pool in primary + replica {
            await pool.loop.hop { await pool.close() }
        }
    }
}

extension PostgresError {
    /// A replica cannot answer, and the primary may: it is away or full, or what it replays was in the statement's way (40001).
    fileprivate var sendsElsewhere: Bool { kind == .connection || kind == .poolExhausted || isConflict }
}
