import Kit
import Postgres
import Stores
import Telemetry

// What is counted of an address, known or not: one row each, written whatever the answer is.

extension PostgresUserStore {
    private static let countOne = Statement("""
        insert into sign_in_failures as f (address_hash, count, since) values ($1, 1, $3)
        on conflict (address_hash) do update set count = case when f.since <= $2 then 1 else f.count + 1 end, since = case when f.since <= $2 then $3 else f.since end
        returning count, since
        """)
    private static let takeBack = Statement("update sign_in_failures set count = count - 1 where address_hash = $1 and count > 1")
    static let forgetFailures = Statement("delete from sign_in_failures where address_hash = $1")

    func beginSignIn(with email: EmailAddress, _ addressHash: [UInt8], periodStart: Timestamp, at time: Timestamp) async throws -> SignInAttempt {
        let results = try await pool.run([
            (Self.countOne, [.bytes(addressHash), .timestamp(periodStart), .timestamp(time)]), (Self.byEmail, [.text(email.key)]),
        ])
        return SignInAttempt(failures: results[0].int4(0, 0), since: results[0].timestamp(0, 1), credentials: Self.credentials(in: results[1]))
    }

    func takeBackFailure(of addressHash: [UInt8]) async throws { _ = try await pool.query(Self.takeBack, [.bytes(addressHash)]) }

    func forgetFailures(of addressHash: [UInt8]) async throws { _ = try await pool.query(Self.forgetFailures, [.bytes(addressHash)]) }

    private static let countMail = Statement("""
        insert into mail_requests as m (address_hash, count, since) values ($1, 1, $3)
        on conflict (address_hash) do update set count = case when m.since <= $2 then 1 else m.count + 1 end, since = case when m.since <= $2 then $3 else m.since end
        returning count
        """)

    /// Counts a mail that is asked for, whether or not the address has an account; false when it had enough of them.
    func mayMail(_ email: EmailAddress, at time: Timestamp, in transaction: PostgresTransaction) async throws -> Bool {
        let rows = try await transaction.query(Self.countMail, [
            .bytes(OpenSSLSecrets.hash(email.key)), .timestamp(time.adding(seconds: -MailLimit.periodSeconds)), .timestamp(time),
        ])
        return rows.int4(0, 0) <= MailLimit.maximum
    }
}
