public import Kit
public import Postgres
public import Telemetry

/// Which events a PostgreSQL service has dealt with: table `inbox` (`EventTables.postgres`).
public enum Inbox {
    private static let insertion = Statement("insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing")
    private static let insertions = Statement("""
        insert into inbox (consumer, event_id) select $1, unnest($2::uuid[]) on conflict do nothing returning event_id
        """)

    /// Remembers, in the transaction of the effect, that `consumer` has dealt with the event. False when it had already: do nothing then.
    /// Of two transactions at once the second waits for the first.
    public static func insert(_ event: UUID16, consumer: String, in transaction: PostgresTransaction) async throws(PostgresError) -> Bool {
        try await transaction.query(insertion, [.text(consumer), .uuid(event)]).affected == 1
    }

    /// The same for a batch: those of `events` that are new, in their order and each once.
    public static func insert(_ events: [Event], consumer: String, in transaction: PostgresTransaction) async throws(PostgresError) -> [Event] {
        // In one order always, so that two batches cannot wait for one another.
        let ids = Set(events.map(\.id)).sorted()
        let rows = try await transaction.query(insertions, [.text(consumer), .uuidArray(ids)])
        var new = Set((0..<rows.count).map { rows.uuid($0, 0) })
        return events.filter { new.remove($0.id) != nil }
    }
}
