import Kit
import Telemetry

/// The mails that wait, and what became of them.
protocol DeliveryStore: Sendable {
    /// Queues a mail, once an event and kind.
    func queue(_ delivery: Delivery, of event: Event, at time: Timestamp) async throws
    /// Mails that are due, each handed to one sender: nobody else gets them for `leaseSeconds`.
    func claim(_ count: Int, at time: Timestamp, leaseSeconds: Double) async throws -> [Delivery]
    /// Forgets which events were received before, a bounded piece at once; how many rows went.
    func sweep(before time: Timestamp) async throws -> Int
    /// Keeps what became of a try.
    func settle(_ delivery: DeliveryID, _ outcome: Outcome, at time: Timestamp) async throws
}
