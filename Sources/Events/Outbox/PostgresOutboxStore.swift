import Kit
public import Postgres

/// The relay's side of a PostgreSQL outbox. Who leads has an advisory lock on a connection of its own: it ends with the process, at once.
public struct PostgresOutboxStore: OutboxStore {
    private let pool: PostgresPool

    /// The tables `outbox` and `inbox` of the pool's database.
    public init(_ pool: PostgresPool) { self.pool = pool }

    public func lead(_ body: @escaping @Sendable (any OutboxLease) async throws -> Void) async throws -> Bool {
        try await pool.withAdvisoryLock(AdvisoryLock("lyceum outbox relay")) { session in
            try await body(PostgresOutboxLease(session: session))
            return true
        } ?? false
    }
}

/// The outbox by the connection that has the lock: when that is lost, every call throws.
struct PostgresOutboxLease: OutboxLease {
    private static let selection = Statement("""
        select position, id, type, subject, payload from outbox where published_at is null order by position limit $1
        """)
    private static let marking = Statement("update outbox set published_at = now() where position = any($1)")
    private static let counting = Statement("""
        select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from outbox where published_at is null
        """)
    private static let outboxPurge = Statement("""
        delete from outbox where position in (select position from outbox where published_at < now() - make_interval(secs => $1) limit $2)
        """)
    private static let inboxPurge = Statement("""
        delete from inbox where ctid = any(array(select ctid from inbox where received_at < now() - make_interval(secs => $1) limit $2))
        """)
    let session: PostgresSession

    func unpublished(limit: Int) async throws -> [OutboxRow] {
        let rows = try await session.query(Self.selection, [.int(limit)])
        return (0..<rows.count).map { row in
            OutboxRow(id: rows.uuid(row, 1), position: Int64(rows.int8(row, 0)), type: rows.text(row, 2), subject: rows.text(row, 3),
                      payload: rows.bytes(row, 4))
        }
    }

    func markPublished(_ rows: [OutboxRow]) async throws {
        _ = try await session.query(Self.marking, [.int8Array(rows.map(\.position))])
    }

    func backlog() async throws -> OutboxBacklog {
        let rows = try await session.query(Self.counting)
        return OutboxBacklog(count: rows.int8(0, 0), oldestSeconds: max(0, rows.float8(0, 1)))
    }

    func purge(publishedBefore outboxSeconds: Int, receivedBefore inboxSeconds: Int, limit: Int) async throws -> Int {
        let published = try await session.query(Self.outboxPurge, [.float8(Double(outboxSeconds)), .int(limit)]).affected
        let received = try await session.query(Self.inboxPurge, [.float8(Double(inboxSeconds)), .int(limit)]).affected
        return max(published, received)
    }
}
