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

    private static let kept = "created_at > now() - interval '\(IdempotentRequest.keptSeconds) s'"
    private static let selection = Statement("""
        select fingerprint, status, headers, body from idempotency where user_id = $1 and route = $2 and key = $3 and \(kept)
        """, isReadOnly: true)
    private static let removal = Statement("""
        delete from idempotency where ctid = any(array(select ctid from idempotency where not (\(kept)) limit $1 for update skip locked))
        """)
    fileprivate static let lock = Statement("select pg_try_advisory_xact_lock($1, $2)")
    fileprivate static let insertion = Statement("""
        insert into idempotency as kept (user_id, route, key, fingerprint, status, headers, body) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (user_id, route, key) do update
        set fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body, created_at = now()
        where not (kept.\(kept))
        """)
    private let pool: PostgresPool

    /// The table of the pool's database.
    public init(_ pool: PostgresPool) { self.pool = pool }

    /// What is kept, as long as it is.
    public func find(_ request: IdempotentRequest) async throws -> (answer: KeptAnswer, fingerprint: [UInt8])? {
        let rows = try await pool.query(Self.selection, [.id(request.user), .text(request.route), .text(request.key)])
        guard rows.count == 1 else { return nil }
        return (KeptAnswer(status: rows.int2(0, 1), headers: rows.text(0, 2), body: rows.bytes(0, 3)), rows.bytes(0, 0))
    }

    /// Removes what is old, a thousand at a time, every ten minutes.
    public func sweeper(of service: String, log: Log) -> BackgroundService {
        .sweeper("\(service) kept answers sweeper", everySeconds: 600, log: log) { try await sweep(limit: 1000) == 1000 }
    }

    /// Removes at most `limit` answers whose time is over; how many it were. Several processes do not wait for one another.
    public func sweep(limit: Int) async throws -> Int { try await pool.query(Self.removal, [.int(limit)]).affected }
}

extension Once {
    /// Before the effect: throws 409 while another transaction has the same key. It ends with this one, however that ends.
    public func claim(in transaction: PostgresTransaction) async throws {
        guard let lock = request?.lock else { return }
        // Locks of two numbers have nothing to do with those of one, which migrations and relays take.
        let halves: [Parameter] = [.int4(Int32(truncatingIfNeeded: lock >> 32)), .int4(Int32(truncatingIfNeeded: lock))]
        guard try await transaction.query(PostgresIdempotency.lock, halves).bool(0, 0) else { throw Problem.idempotencyKeyRunning() }
    }

    /// With the effect: keeps its answer. Throws 409 when one is kept already, so that this transaction does nothing.
    public func keep(_ result: Result, in transaction: PostgresTransaction) async throws {
        guard let row = try row(for: result) else { return }
        let (request, answer) = (row.request, row.answer)
        let kept = try await transaction.query(PostgresIdempotency.insertion, [
            .id(request.user), .text(request.route), .text(request.key), .bytes(request.fingerprint), .int2(Int16(answer.status)), .text(answer.headers),
            .bytes(answer.body),
        ])
        guard kept.affected == 1 else { throw Problem.idempotencyKeyRunning() }
    }
}
