import JSON
import Kit
import Telemetry
import UsersAPI

/// Sends the mails that are due.
struct SendMail: Sendable {
    /// After so many tries a mail is given up: with the delays below, after 25.7 hours, so that a mail server may be away for a day.
    static let attempts = 18

    let store: any DeliveryStore
    let mailer: any Mailer
    let users: UsersClient
    let gateway: String
    let clock: WallClock
    let log: Log
    var tracer: Tracer?

    /// One round: how many mails were dealt with. They go out at once, so that a round ends within the minute for which they are claimed,
    /// however slow the mail server is. Throws what the store threw, after all of them.
    func callAsFunction(atMost count: Int = 10) async throws -> Int {
        let due = try await store.claim(count, at: clock.now(), leaseSeconds: 60)
        let errors = await withTaskGroup(of: (any Error)?.self) { group in
            for delivery in due {
                group.addTask {
                    do { try await send(delivery) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: [] as [any Error]) { errors, error in if let error { errors.append(error) } }
        }
        if let error = errors.first { throw error }
        return due.count
    }

    private func send(_ delivery: Delivery) async throws {
        let parent = delivery.traceparent.flatMap { Trace(traceparent: $0) }
        let trace = Trace.entering(after: parent, tracer)
        let span = ActiveSpan(at: trace, after: parent, .consumer, "mail \(delivery.kind.rawValue)")
        try await Trace.$current.withValue(trace) {
            let outcome = Self.final(try await outcome(of: delivery), after: delivery.attempts)
            span?.end(failure: outcome.failure)
            try await store.settle(delivery.id, outcome, at: clock.now())
            let fields: [Log.Field] = [("kind", .string(delivery.kind.rawValue)), ("delivery", .string(delivery.id.description)), ("attempts", .int(delivery.attempts))]
            switch outcome {
            case .sent(let code, _): log.info("mail sent", fields + [("code", .int(code))])
            case .dropped(let why): log.info("mail dropped", fields + [("why", .string(why))])
            case .failed(let code, let why): log.error("mail failed", fields + [("code", .int(code ?? 0)), ("why", .string(why))])
            case .later(let seconds, let why): log.warning("mail delayed", fields + [("seconds", .double(seconds)), ("why", .string(why))])
            }
        }
    }

    private func outcome(of delivery: Delivery) async throws -> Outcome {
        do {
            var facts = MailTemplate.Facts(gateway: gateway)
            facts.courseTitle = delivery.facts["courseTitle"]?.stringValue ?? ""
            facts.courseID = delivery.facts["courseId"]?.stringValue ?? ""
            facts.detail = delivery.facts["detail"]?.stringValue ?? ""
            let contact: UserContact
            if delivery.kind == .verifyEmail {
                guard let verification = try await users.startVerification(of: delivery.userID) else { return .dropped("nothing to confirm") }
                contact = verification.contact
                facts.token = verification.token
            } else {
                guard let known = try await users.contact(of: delivery.userID) else { return .dropped("no such user") }
                contact = known
            }
            let mail = MailTemplate(delivery.kind, for: contact, facts)
            return await mailer.send(OutgoingMail(
                to: contact.email, name: mail.name, subject: mail.subject, text: mail.text, messageID: delivery.messageID, date: clock.now()))
        } catch let error as ServiceCallError {
            return .later(seconds: 0, text: error.description)
        }
    }

    /// Sets when to try again: 5 s, 10 s, 20 s … at most 4 hours; gives up in the end.
    static func final(_ outcome: Outcome, after attempts: Int) -> Outcome {
        guard case .later(_, let text) = outcome else { return outcome }
        if attempts >= Self.attempts { return .failed(code: nil, text: text) }
        return .later(seconds: min(5 * Double(1 << min(attempts - 1, 12)), 4 * 3600), text: text)
    }
}
