import Events
import Telemetry

/// Runs rounds of `SendMail`: at once when a mail was queued, and from time to time for those that wait for another try.
struct MailSender: Sendable {
    static let pollMilliseconds = 500
    static let pauseAfterErrorMilliseconds = 5000

    let nudge: Nudge

    /// Until the task is cancelled. A round that fails is logged, and the next one waits.
    func run(_ send: SendMail, log: Log) async {
        while !Task.isCancelled {
            do {
                while !Task.isCancelled, try await send() > 0 {}
                await nudge.wait(milliseconds: Self.pollMilliseconds)
            } catch {
                log.error("mails could not be sent", [("error", .string("\(error)"))])
                try? await Task.sleep(for: .milliseconds(Self.pauseAfterErrorMilliseconds))
            }
        }
    }
}
