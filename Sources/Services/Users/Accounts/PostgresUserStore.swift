import Events
import Kit
import Postgres
import Stores
import Telemetry
import UsersAPI

/// Accounts in PostgreSQL. Reading is in `PostgresUserStore+Reading.swift`, counting in `…+Limits.swift`.
struct PostgresUserStore: UserStore {
    let pool: PostgresPool
    /// Tells the relay that something waits.
    let nudge: @Sendable () -> Void

    private static let insertUser = Statement("""
        insert into users (id, email, email_sent, display_name, locale, wants_to_teach, created_at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict on constraint users_email do nothing
        """)
    private static let insertPassword = Statement("""
        insert into credentials (user_id, kind, id, secret, updated_at) values ($1, 'password', $2, $3, $4)
        """)
    private static let accountOf = Statement("select id, state from users where email = $1 for update")

    func register(_ user: NewUser, at time: Timestamp) async throws {
        try await pool.withTransaction { transaction in
            guard try await mayMail(user.email, at: time, in: transaction) else { return }
            let inserted = try await transaction.query(Self.insertUser, [
                .id(user.id), .text(user.email.key), .text(user.email.sent), .text(user.displayName), .text(user.locale), .bool(user.wantsToTeach), .timestamp(time),
            ])
            guard inserted.affected == 1 else {
                try await replaceUnconfirmed(user, at: time, in: transaction)
                return try await askAgain(user.email, at: time, in: transaction)
            }
            _ = try await transaction.query(Self.insertPassword, [.id(user.id), .id(ID<User>()), .text(user.passwordHash), .timestamp(time)])
            try await Outbox.append(Event(UserRegistered(userID: user.id), time: time), in: transaction)
        }
        nudge()
    }

    private static let replaceUser = Statement("""
        update users set email_sent = $2, display_name = $3, locale = $4, wants_to_teach = $5, revision = revision + 1
        where email = $1 and state = 'pending' returning id
        """)
    private static let forgetTokens = Statement("delete from one_time_tokens where user_id = $1")

    /// Of an address that nobody confirmed the last registration counts, and earlier mails confirm nothing:
    /// who registers the address of somebody else beforehand does not get into the account with a password of theirs.
    private func replaceUnconfirmed(_ user: NewUser, at time: Timestamp, in transaction: PostgresTransaction) async throws {
        let replaced = try await transaction.query(Self.replaceUser, [
            .text(user.email.key), .text(user.email.sent), .text(user.displayName), .text(user.locale), .bool(user.wantsToTeach),
        ])
        guard replaced.count == 1 else { return }
        let account: UserID = replaced.id(0, 0)
        _ = try await transaction.run([
            (Self.replacePassword, [.id(account), .text(user.passwordHash), .timestamp(time)]), (Self.forgetTokens, [.id(account)]),
        ])
    }

    /// An account that is active at once; nothing is told, so no mail goes out.
    func createActive(_ user: NewUser, at time: Timestamp) async throws {
        try await pool.withTransaction { transaction in
            let inserted = try await transaction.query(Self.insertUser, [
                .id(user.id), .text(user.email.key), .text(user.email.sent), .text(user.displayName), .text(user.locale), .bool(false), .timestamp(time),
            ])
            guard inserted.affected == 1 else { return }
            _ = try await transaction.run([
                (Self.insertPassword, [.id(user.id), .id(ID<User>()), .text(user.passwordHash), .timestamp(time)]),
                (Self.activate, [.id(user.id), .timestamp(time)]),
            ])
        }
    }

    func requestVerification(of email: EmailAddress, at time: Timestamp) async throws {
        try await pool.withTransaction { transaction in
            guard try await mayMail(email, at: time, in: transaction) else { return }
            try await askAgain(email, at: time, in: transaction)
        }
        nudge()
    }

    private func askAgain(_ email: EmailAddress, at time: Timestamp, in transaction: PostgresTransaction) async throws {
        let rows = try await transaction.query(Self.accountOf, [.text(email.key)])
        guard rows.count == 1, let state = User.State(rawValue: rows.text(0, 1)), state == .pending || state == .active else { return }
        let facts = UserVerificationRequested(userID: rows.id(0, 0), isActive: state == .active)
        try await Outbox.append(Event(facts, time: time), in: transaction)
    }

    private static let insertToken = Statement("""
        insert into one_time_tokens (hash, user_id, purpose, expires_at) select $1, id, 'verify-email', $3 from users where id = $2 and state = 'pending'
        returning (select email_sent from users where id = $2), (select display_name from users where id = $2), (select locale from users where id = $2)
        """)

    func keepVerificationToken(_ hash: [UInt8], of user: UserID, until: Timestamp, at time: Timestamp) async throws -> UserContact? {
        let rows = try await pool.query(Self.insertToken, [.bytes(hash), .id(user), .timestamp(until)])
        return rows.count == 1 ? UserContact(email: rows.text(0, 0), displayName: rows.text(0, 1), locale: rows.text(0, 2)) : nil
    }

    private static let useToken = Statement("""
        update one_time_tokens set used_at = $2 where hash = $1 and purpose = 'verify-email' and used_at is null and expires_at > $2 returning user_id
        """)
    private static let activate = Statement("""
        update users set state = 'active', verified_at = $2, revision = revision + 1 where id = $1 and state = 'pending' returning wants_to_teach
        """)
    private static let insertRole = Statement("insert into roles (user_id, role, granted_at) values ($1, $2, $3) on conflict do nothing")

    func verify(tokenHash: [UInt8], at time: Timestamp) async throws -> Bool {
        let isVerified = try await pool.withTransaction { transaction in
            let used = try await transaction.query(Self.useToken, [.bytes(tokenHash), .timestamp(time)])
            guard used.count == 1 else { return false }
            let user: UserID = used.id(0, 0)
            let activated = try await transaction.query(Self.activate, [.id(user), .timestamp(time)])
            guard activated.count == 1 else { return true }   // by another of its tokens
            for role in activated.bool(0, 0) ? [Role.student, .instructor] : [.student] {
                _ = try await transaction.query(Self.insertRole, [.id(user), .text(role.rawValue), .timestamp(time)])
            }
            try await audit("email-verified", of: user, at: time, in: transaction)
            try await Outbox.append(Event(UserVerified(userID: user), time: time), in: transaction)
            return true
        }
        if isVerified { nudge() }
        return isVerified
    }

    private static let replacePassword = Statement("update credentials set secret = $2, updated_at = $3 where user_id = $1 and kind = 'password'")

    func replacePasswordHash(_ hash: String, of user: UserID, at time: Timestamp) async throws {
        _ = try await pool.query(Self.replacePassword, [.id(user), .text(hash), .timestamp(time)])
    }

    /// The roles are part of what carries the revision as its tag.
    private static let countEdit = Statement("update users set revision = revision + 1 where id = $1")

    func grant(_ role: Role, to email: EmailAddress, at time: Timestamp) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let rows = try await transaction.query(Self.accountOf, [.text(email.key)])
            guard rows.count == 1 else { return false }
            let user: UserID = rows.id(0, 0)
            let inserted = try await transaction.query(Self.insertRole, [.id(user), .text(role.rawValue), .timestamp(time)])
            guard inserted.affected == 1 else { return true }
            _ = try await transaction.query(Self.countEdit, [.id(user)])
            try await audit("role-granted", of: user, at: time, in: transaction)
            return true
        }
    }

    private static let insertAudit = Statement("insert into audit (user_id, id, what, at) values ($1, $2, $3, $4)")

    private func audit(_ what: String, of user: UserID, at time: Timestamp, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.query(Self.insertAudit, [.id(user), .id(ID<User>()), .text(what), .timestamp(time)])
    }
}
