public import Kit
public import Postgres
import JSON

/// The outbox of a PostgreSQL service: table `outbox` (`EventTables.postgres`).
public enum Outbox {
    private static let insertion = Statement("insert into outbox (id, type, subject, payload) values ($1, $2, $3, $4)")

    /// Appends in the transaction that makes the event true.
    ///
    /// Lock or write the aggregate's row before: positions are given out at the insert, and what holds two changes of one subject apart is that row.
    public static func append(_ event: Event, in transaction: PostgresTransaction) async throws(PostgresError) {
        _ = try await transaction.run([appending(event)])
    }

    /// Appends several, in this order and in one round trip.
    public static func append(_ events: [Event], in transaction: PostgresTransaction) async throws(PostgresError) {
        guard !events.isEmpty else { return }
        _ = try await transaction.run(events.map(appending))
    }

    /// The same as a statement, for a batch that goes out in one round trip with the change itself.
    public static func appending(_ event: Event) -> (Statement, [Parameter]) {
        (insertion, [.uuid(event.id), .text(event.type), .text(event.subject), .bytes(event.jsonBuffer.array)])
    }
}
