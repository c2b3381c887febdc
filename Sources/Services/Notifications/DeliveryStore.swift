import Kit
import Telemetry

/// The mails that wait, and what became of them.
protocol DeliveryStore: Sendable {
    /// Queues a mail, once an event and kind.
    func queue(_ delivery: Delivery, of event: Event, at time: Timestamp) async throws
    /// Mails that are due, each handed to one sender: nobody else gets them for `leaseSeconds`.
    func claim(_ count: Int, at time: Timestamp, leaseSeconds: Double) async throws -> [Delivery]
    func settle(_ delivery: DeliveryID, _ outcome: Outcome, at time: Timestamp) async throws
}
