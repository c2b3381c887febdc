import JSON
import Kit
import Telemetry

/// Marks the ids of deliveries.
enum DeliveryTag {}
typealias DeliveryID = ID<DeliveryTag>

/// What a mail is about.
enum MailKind: String, Sendable, CaseIterable {
    case verifyEmail = "verify-email"
    case alreadyRegistered = "already-registered"
    case welcomeToCourse = "welcome-to-course"
    case videoRefused = "video-refused"
}

/// One mail that is to be sent because of one event.
struct Delivery: Sendable, Equatable {
    let id: DeliveryID
    let eventID: UUID16
    let kind: MailKind
    let userID: UserID
    /// What the template needs and is no secret: a course's title, a reason.
    let facts: JSONValue
    /// From 1 when it is tried for the first time.
    let attempts: Int
    let traceparent: String?

    /// The Message-ID: the same for each try, so that a mailbox which got it twice shows it once.
    var messageID: String { "\(id)@lyceum.example" }
}

/// What became of a try.
enum Outcome: Sendable, Equatable {
    /// The mail server took it.
    case sent(code: Int, text: String)
    /// Nobody to write to, or nothing to say any more.
    case dropped(String)
    /// The mail server refused it for good, or it was tried often enough.
    case failed(code: Int?, text: String)
    /// To be tried again.
    case later(seconds: Double, text: String)

    /// In a word, when the mail did not go out and should have.
    var failure: String? {
        switch self {
        case .sent, .dropped: nil
        case .failed: "failed"
        case .later: "later"
        }
    }
}
