public import Kit
public import Postgres
public import Telemetry

/// Kept answers of a PostgreSQL service: table `idempotency`.
public struct PostgresIdempotency: IdempotencyStore {
    /// PostgreSQL 15. Copy it into a migration of the service: migrations are never made from code that may change.
    public static let table = """
        create table idempotency (
            user_id     uuid not null,
            route       text not null,
            key         text not null check (length(key) between 1 and 255),
            fingerprint bytea not null check (length(fingerprint) = 32),
            status      smallint not null check (status between 200 and 299),
            headers     text not null,
            body        bytea not null,
            created_at  timestamptz not null default now(),
            primary key (user_id, route, key)
        );
        create index idempotency_created on idempotency (created_at);
        """

    private static let isKept = "created_at > now() - interval '\(IdempotentRequest.keptSeconds) s'"
    private static let selection = Statement("""
        select fingerprint, status, headers, body, \(isKept) from idempotency where user_id = $1 and route = $2 and key = $3
        """, isReadOnly: true)
    private static let removal = Statement("""
        delete from idempotency where ctid = any(array(select ctid from idempotency where not (\(isKept)) limit $1 for update skip locked))
        """)
    fileprivate static let removalOfOne = Statement("delete from idempotency where user_id = $1 and route = $2 and key = $3")
    fileprivate static let lock = Statement("select pg_try_advisory_xact_lock($1, $2)")
    fileprivate static let insertion = Statement("""
        insert into idempotency (user_id, route, key, fingerprint, status, headers, body) values ($1, $2, $3, $4, $5, $6, $7)
        """)
    /// One round trip finds what is kept, when the transaction does.
    public var looksInTransaction: Bool { true }
    private let pool: PostgresPool

    /// The table of the pool's database.
    public init(_ pool: PostgresPool) { self.pool = pool }

    /// What is kept, as long as it is.
    public func find(_ request: IdempotentRequest) async throws -> (answer: KeptAnswer, fingerprint: [UInt8])? {
        let rows = try await pool.run([Self.finding(request)])[0]
        guard let kept = Self.kept(in: rows), kept.isFresh else { return nil }
        return (kept.answer, kept.fingerprint)
    }

    fileprivate static func kept(in rows: Rows) -> (answer: KeptAnswer, fingerprint: [UInt8], isFresh: Bool)? {
        guard rows.count == 1 else { return nil }
        return (KeptAnswer(status: rows.int2(0, 1), headers: rows.text(0, 2), body: rows.bytes(0, 3)), rows.bytes(0, 0), rows.bool(0, 4))
    }

    /// What is kept for a request as a statement, for a batch.
    fileprivate static func finding(_ request: IdempotentRequest) -> (Statement, [Parameter]) { (selection, request.parameters) }

    /// Removes what is old, a thousand at a time, every ten minutes.
    public func sweeper(of service: String, log: Log) -> BackgroundService {
        .sweeper("\(service) kept answers sweeper", everySeconds: 600, log: log) { try await sweep(limit: 1000) == 1000 }
    }

    /// Removes at most `limit` answers whose time is over; how many it were. Several processes do not wait for one another.
    public func sweep(limit: Int) async throws -> Int { try await pool.query(Self.removal, [.int(limit)]).affected }
}

extension Once {
    /// First in the transaction: throws 409 while another one has the same key, `AlreadyAnswered` when the request has its answer, 422 when another
    /// request has. The claim ends with the transaction, however that ends.
    ///
    /// `batch` goes with it in the same round trip, for what the transaction has to know before it can do anything; its rows.
    @discardableResult
    public func claim(in transaction: PostgresTransaction, with batch: [(Statement, [Parameter])] = []) async throws -> [Rows] {
        guard let request else { return batch.isEmpty ? [] : try await transaction.run(batch) }
        // The look is a statement of its own after the lock: it sees what those who had the lock before have committed.
        let results = try await transaction.run([(PostgresIdempotency.lock, request.halvesOfLock), PostgresIdempotency.finding(request)] + batch)
        guard results[0].bool(0, 0) else { throw Problem.idempotencyKeyRunning() }
        if let kept = PostgresIdempotency.kept(in: results[1]) {
            guard !kept.isFresh else {
                try request.checkIsSame(as: kept.fingerprint)
                throw AlreadyAnswered(kept.answer)
            }
            try await transaction.query(PostgresIdempotency.removalOfOne, request.parameters)
        }
        return Array(results.dropFirst(2))
    }

    /// Last in the transaction: the statement that keeps the answer, for the batch that commits. None without a key.
    public func keeping(_ result: Result) throws -> [(Statement, [Parameter])] {
        guard let row = try row(for: result) else { return [] }
        let answer = row.answer
        return [(PostgresIdempotency.insertion, row.request.parameters + [
            .bytes(row.request.fingerprint), .int2(Int16(answer.status)), .text(answer.headers), .bytes(answer.body),
        ])]
    }
}

extension IdempotentRequest {
    /// The primary key.
    fileprivate var parameters: [Parameter] { [.id(user), .text(route), .text(key)] }

    /// Locks of two numbers have nothing to do with those of one, which migrations and relays take.
    fileprivate var halvesOfLock: [Parameter] { [.int4(Int32(truncatingIfNeeded: lock >> 32)), .int4(Int32(truncatingIfNeeded: lock))] }
}
