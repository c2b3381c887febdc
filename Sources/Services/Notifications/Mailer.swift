import Telemetry

/// A mail that is ready to go out.
struct OutgoingMail: Sendable, Equatable {
    let to: String
    let name: String
    let subject: String
    let text: String
    let messageID: String
    let date: Timestamp
}

/// Sends mail.
protocol Mailer: Sendable {
    /// What became of it; `later` where the server may take it another time. `seconds` of `later` is for the caller to set.
    func send(_ mail: OutgoingMail) async -> Outcome
}
