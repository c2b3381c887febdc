import Broker
import Kit
public import Telemetry

/// A dead event.
public struct DeadLetter: Sendable, Equatable {
    /// The event's id, as far as the message has one.
    public let id: String
    public let type: String
    /// Empty when the message is no event.
    public let subject: String
    /// `rejected`: its consumer gave it up; `delivery_limit`: it took its consumer down too often.
    public let reason: String
    /// When it died.
    public let diedAt: Timestamp
    /// How often it was sent back before, and died again.
    public let redriven: Int
    /// The message as it came.
    public let payload: [UInt8]

    init(_ message: ReceivedMessage) {
        let event = try? Event(decoding: message.body)
        id = message.messageID ?? event?.id.description ?? ""
        type = message.type ?? event?.type ?? ""
        subject = event?.subject ?? ""
        reason = message.deaths.first?.reason ?? ""
        diedAt = Timestamp(unixSeconds: Int64(min(message.deaths.first?.time ?? 0, 253_402_300_799)))   // the year 9999
        redriven = Redrive(message)?.count ?? 0
        payload = message.body
    }
}

/// What a message carries of its last way back from the dead.
struct Redrive {
    private enum Name {
        static let (by, at, count) = ("x-redriven-by", "x-redriven-at", "x-redriven-count")
    }
    /// Who sent it back.
    let by: String
    let at: Timestamp
    /// The how manieth time it was.
    let count: Int

    init(by: String, at: Timestamp, count: Int) {
        self.by = by
        self.at = at
        self.count = count
    }

    /// Nil for a message that was never sent back.
    init?(_ message: ReceivedMessage) {
        guard let count = message.headers[Name.count]?.intValue else { return nil }
        self.count = count
        by = message.headers[Name.by]?.textValue ?? ""
        at = message.headers[Name.at]?.textValue.flatMap { Timestamp(rfc3339: $0) } ?? Timestamp(microseconds: 0)
    }

    var headers: [String: HeaderValue] { [Name.by: .text(by), Name.at: .text(at.rfc3339), Name.count: .int(Int64(count))] }
}
