import Kit
import Postgres
import Stores
import Telemetry

/// Refresh tokens in PostgreSQL.
struct PostgresSessionStore: SessionStore {
    let pool: PostgresPool
    let users: any UserStore

    private static let insert = Statement("""
        insert into sessions (user_id, id, family, token_hash, rotated_from, device, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
        """)

    private static func parameters(_ session: NewSession, _ user: UserID, from: SessionID?, _ time: Timestamp) -> [Parameter] {
        [
            .id(user), .id(session.id), .id(session.family), .bytes(session.tokenHash), .id(from), .text(session.device), .timestamp(time),
            .timestamp(session.expiresAt),
        ]
    }

    func open(_ session: NewSession, of user: UserID, address addressHash: [UInt8], at time: Timestamp) async throws {
        _ = try await pool.run([
            (PostgresUserStore.forgetFailures, [.bytes(addressHash)]), (Self.insert, Self.parameters(session, user, from: nil, time)),
        ])
    }

    /// The row is held until the end of the transaction: of many refreshes with one token the second finds it rotated.
    private static let find = Statement("""
        select user_id, id, family, expires_at > $2, rotated_at is not null, revoked_at is not null from sessions where token_hash = $1 for update
        """)
    private static let markRotated = Statement("update sessions set rotated_at = $3 where user_id = $1 and id = $2")

    func rotate(_ hash: [UInt8], to next: (SessionID) -> NewSession, at time: Timestamp) async throws -> Rotation {
        let rows = try await pool.query(Self.familyOf, [.bytes(hash)])
        // Asked before the token is used up: when the store goes away in between, the client can try again.
        guard rows.count == 1, let owner = try await users.user(rows.id(0, 1)), owner.state == .active else { return .refused }
        let session = next(rows.id(0, 0))
        let found = try await pool.withTransaction { transaction -> (user: UserID, family: SessionID, isReuse: Bool)? in
            let rows = try await transaction.query(Self.find, [.bytes(hash), .timestamp(time)])
            guard rows.count == 1, rows.bool(0, 3), !rows.bool(0, 5) else { return nil }
            let user: UserID = rows.id(0, 0)
            let family: SessionID = rows.id(0, 2)
            if rows.bool(0, 4) {
                _ = try await transaction.query(Self.revokeFamily, [.id(user), .id(family), .timestamp(time), .text("reuse")])
                return (user, family, true)
            }
            _ = try await transaction.run([
                (Self.markRotated, [.id(user), .id(rows.id(0, 1, of: SessionTag.self)), .timestamp(time)]),
                (Self.insert, Self.parameters(session, user, from: rows.id(0, 1), time)),
            ])
            return (user, family, false)
        }
        guard let found else { return .refused }
        if found.isReuse { return .reused(found.user) }
        return .rotated(owner, family: found.family)
    }

    private static let familyOf = Statement("select family, user_id from sessions where token_hash = $1", isReadOnly: true)
    private static let revokeFamily = Statement("""
        update sessions set revoked_at = $3, revoked_because = $4 where user_id = $1 and family = $2 and revoked_at is null
        """)

    func revoke(_ family: SessionID, of user: UserID, at time: Timestamp) async throws {
        _ = try await pool.query(Self.revokeFamily, [.id(user), .id(family), .timestamp(time), .text("sign-out")])
    }

    private static let sweepSessions = Statement("""
        delete from sessions where (user_id, id) in (select user_id, id from sessions where expires_at < $1 order by expires_at limit 1000)
        """)
    private static let sweepTokens = Statement("""
        delete from one_time_tokens where hash in (select hash from one_time_tokens where expires_at < $1 order by expires_at limit 1000)
        """)
    private static let sweepFailures = Statement("""
        delete from sign_in_failures where address_hash in (select address_hash from sign_in_failures where since < $1 order by since limit 1000)
        """)
    private static let sweepMails = Statement("""
        delete from mail_requests where address_hash in (select address_hash from mail_requests where since < $1 order by since limit 1000)
        """)

    func sweep(before time: Timestamp) async throws -> Int {
        let statements = [Self.sweepSessions, Self.sweepTokens, Self.sweepFailures, Self.sweepMails]
        return try await pool.run(statements.map { ($0, [.timestamp(time)]) }).reduce(0) { $0 + $1.affected }
    }
}
