import Kit
import Postgres
import Stores
import Telemetry
import UsersAPI

extension PostgresUserStore {
    private static let columns = """
        u.id, u.email_sent, u.display_name, u.locale, u.time_zone, u.state, u.revision, u.created_at,
        (select coalesce(array_agg(role), '{}') from roles r where r.user_id = u.id)
        """

    private static func user(_ rows: Rows, _ row: Int = 0) -> User {
        User(
            id: rows.id(row, 0), email: rows.text(row, 1), displayName: rows.text(row, 2), locale: rows.text(row, 3), timeZone: rows.text(row, 4),
            state: User.State(rawValue: rows.text(row, 5)) ?? .suspended, roles: Set(rows.textArray(row, 8).compactMap(Role.init)),
            revision: rows.int8(row, 6), createdAt: rows.timestamp(row, 7))
    }

    static let byEmail = Statement("""
        select \(columns), c.secret from users u join credentials c on c.user_id = u.id and c.kind = 'password' where u.email = $1
        """, isReadOnly: true)

    func credentials(of email: EmailAddress) async throws -> Credentials? {
        Self.credentials(in: try await pool.query(Self.byEmail, [.text(email.key)]))
    }

    static func credentials(in rows: Rows) -> Credentials? {
        rows.count == 1 ? Credentials(user: user(rows), passwordHash: rows.text(0, 9)) : nil
    }

    private static let byID = Statement("select \(columns) from users u where u.id = $1", isReadOnly: true)

    func user(_ id: UserID) async throws -> User? {
        let rows = try await pool.query(Self.byID, [.id(id)])
        return rows.count == 1 ? Self.user(rows) : nil
    }

    private static let contactOf = Statement("select email_sent, display_name, locale from users where id = $1 and state <> 'erased'", isReadOnly: true)

    func contact(of id: UserID) async throws -> UserContact? {
        let rows = try await pool.query(Self.contactOf, [.id(id)])
        return rows.count == 1 ? UserContact(email: rows.text(0, 0), displayName: rows.text(0, 1), locale: rows.text(0, 2)) : nil
    }

    private static let namesOf = Statement("select id, display_name from users where id = any($1) and state <> 'erased'", isReadOnly: true)

    func names(of ids: [UserID]) async throws -> [(id: UserID, displayName: String)] {
        let rows = try await pool.query(Self.namesOf, [.ids(ids)])
        return (0..<rows.count).map { (rows.id($0, 0), rows.text($0, 1)) }
    }

    private static let update = Statement("""
        update users u set display_name = coalesce($2, display_name), locale = coalesce($3, locale), time_zone = coalesce($4, time_zone), revision = revision + 1
        where id = $1 and state <> 'erased' and ($5::bigint[] is null or revision = any($5)) returning \(columns)
        """)

    func edit(_ id: UserID, _ edit: ProfileEdit, onlyAt revisions: [Int]?) async throws -> User? {
        let rows = try await pool.query(Self.update, [
            .id(id), .optional(edit.displayName, Parameter.text), .optional(edit.locale, Parameter.text), .optional(edit.timeZone, Parameter.text),
            .optional(revisions, Parameter.intArray),
        ])
        return rows.count == 1 ? Self.user(rows) : nil
    }
}
