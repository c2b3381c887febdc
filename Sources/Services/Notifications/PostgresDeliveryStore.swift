import Events
import JSON
import Kit
import Postgres
import Stores
import Telemetry

/// Deliveries in PostgreSQL.
struct PostgresDeliveryStore: DeliveryStore {
    static let consumer = "mail"

    let pool: PostgresPool
    /// Wakes the sender.
    let nudge: @Sendable () -> Void

    private static let insert = Statement("""
        insert into deliveries (id, event_id, kind, user_id, facts, next_at, created_at, traceparent) values ($1, $2, $3, $4, $5, $6, $6, $7)
        on conflict on constraint deliveries_once do nothing
        """)

    func queue(_ delivery: Delivery, of event: Event, at time: Timestamp) async throws {
        try await pool.withTransaction { transaction in
            guard try await Inbox.insert(event.id, consumer: Self.consumer, in: transaction) else { return }
            _ = try await transaction.query(Self.insert, [
                .id(delivery.id), .uuid(delivery.eventID), .text(delivery.kind.rawValue), .id(delivery.userID),
                .jsonb(delivery.facts.jsonBuffer.array), .timestamp(time), .optional(delivery.traceparent, Parameter.text),
            ])
        }
        nudge()
    }

    private static let claim = Statement("""
        update deliveries set attempts = attempts + 1, next_at = $2
        where id in (select id from deliveries where state = 'queued' and next_at <= $1 order by next_at limit $3 for update skip locked)
        returning id, event_id, kind, user_id, facts, attempts, traceparent
        """)

    func claim(_ count: Int, at time: Timestamp, leaseSeconds: Double) async throws -> [Delivery] {
        let rows = try await pool.query(Self.claim, [.timestamp(time), .timestamp(time.adding(seconds: leaseSeconds)), .int(count)])
        return try (0..<rows.count).map { row in
            guard let kind = MailKind(rawValue: rows.text(row, 2)) else {
                throw PostgresError(.protocol, "a delivery of an unknown kind")
            }
            return Delivery(
                id: rows.id(row, 0), eventID: rows.uuid(row, 1), kind: kind, userID: rows.id(row, 3), facts: try JSONValue.parse(Array(rows.text(row, 4).utf8)),
                attempts: rows.int4(row, 5), traceparent: rows.optionalText(row, 6))
        }
    }

    private static let end = Statement("""
        update deliveries set state = $2, ended_at = $3, answer_code = $4, answer_text = $5 where id = $1 and state = 'queued'
        """)
    private static let delay = Statement("update deliveries set next_at = $2, answer_text = $3 where id = $1 and state = 'queued'")

    func settle(_ delivery: DeliveryID, _ outcome: Outcome, at time: Timestamp) async throws {
        switch outcome {
        case .sent(let code, let text): try await end(delivery, "sent", code, text, time)
        case .dropped(let text): try await end(delivery, "dropped", nil, text, time)
        case .failed(let code, let text): try await end(delivery, "failed", code, text, time)
        case .later(let seconds, let text):
            _ = try await pool.query(Self.delay, [.id(delivery), .timestamp(time.adding(seconds: seconds)), .text(Self.short(text))])
        }
    }

    /// As much of it as is kept.
    private static func short(_ text: String) -> String { String(text.prefix(500)) }

    private static let sweepInbox = Statement("delete from inbox where ctid = any(array(select ctid from inbox where received_at < $1 limit 1000))")

    func sweep(before time: Timestamp) async throws -> Int { try await pool.query(Self.sweepInbox, [.timestamp(time)]).affected }

    private func end(_ delivery: DeliveryID, _ state: String, _ code: Int?, _ text: String, _ time: Timestamp) async throws {
        _ = try await pool.query(Self.end, [
            .id(delivery), .text(state), .timestamp(time), .optional(code) { .int4(Int32(clamping: $0)) }, .text(Self.short(text)),
        ])
    }
}
