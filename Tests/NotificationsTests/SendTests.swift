import Curl
import JSON
import Kit
import Loop
import Telemetry
import TestStores
import Testing
import UsersAPI
@testable import Notifications

@Suite("Sending mail")
struct SendTests {
    @Test("a mail that the server does not take now is tried again, later each time, under the same id, and given up in the end")
    func retries() async throws {
        try await TestMail.with { mail async throws in
            try await mail.hear(Event(UserRegistered(userID: UserID())))
            let mailer = FakeMailer(Array(repeating: .later(seconds: 0, text: "421 too busy"), count: 20))
            var waited: [Double] = []
            for attempt in 1...SendMail.attempts {
                #expect(try await mail.send(by: mailer) == 1, "try \(attempt)")
                guard attempt < SendMail.attempts else { break }
                let pause = min(5 * Double(1 << (attempt - 1)), 4 * 3600)
                mail.advance(seconds: pause - 1)
                #expect(try await mail.send(by: mailer) == 0)
                mail.advance(seconds: 1)
                waited.append(pause)
            }
            #expect(waited.first == 5 && waited.last == 14_400)
            #expect(waited.reduce(0, +) > 86_400)
            mail.advance(seconds: 86_400)
            #expect(try await mail.send(by: mailer) == 0)
            #expect(try await mail.kept().map(\.state) == ["failed"])
            #expect(try await mail.kept().first?.attempts == 18)
            #expect(Set(mailer.mails.map(\.messageID)).count == 1)
        }
    }

    @Test("a mail that is refused for good is not tried again")
    func refused() async throws {
        try await TestMail.with { mail async throws in
            try await mail.hear(Event(UserRegistered(userID: UserID())))
            let mailer = FakeMailer([.failed(code: 550, text: "no such mailbox")])
            #expect(try await mail.send(by: mailer) == 1)
            mail.advance(seconds: 86_400)
            #expect(try await mail.send(by: mailer) == 0)
            let kept = try #require(try await mail.kept().first)
            #expect(kept.state == "failed" && kept.code == 550 && kept.text == "no such mailbox")
        }
    }

    @Test("who is not there, or confirmed meanwhile, gets nothing; while the users service is away the mail waits")
    func contacts() async throws {
        try await TestMail.with { mail async throws in
            let mailer = FakeMailer()
            try await mail.hear(Event(UserRegistered(userID: UserID())))
            #expect(try await mail.send(by: mailer, AbsentServices()) == 1)
            #expect(try await mail.kept().map(\.state) == ["queued"])
            mail.advance(seconds: 5)
            #expect(try await mail.send(by: mailer, users(isVerified: true)) == 1)
            try await mail.hear(Event(UserVerificationRequested(userID: UserID(), isActive: true)))
            #expect(try await mail.send(by: mailer, users(nil)) == 1)
            #expect(try await mail.kept().map(\.state) == ["dropped", "dropped"])
            #expect(mailer.mails.isEmpty)
        }
    }

    @Test("of senders at once each mail goes to one, and one that a sender left lying is sent a minute later")
    func claims() async throws {
        try await TestMail.with { mail async throws in
            for _ in 0..<25 { try await mail.hear(Event(UserRegistered(userID: UserID()))) }
            let mailer = FakeMailer()
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await mail.send(by: mailer) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.reduce(0, +) == 25)
            #expect(Set(mailer.mails.map(\.messageID)).count == 25 && mailer.mails.count == 25)
            try await mail.hear(Event(UserRegistered(userID: UserID())))
            let (store, now) = (mail.store, mail.clock.now())
            #expect(try await mail.service.context.loops.run { try await store.claim(10, at: now, leaseSeconds: 60) }.count == 1)
            #expect(try await mail.send(by: mailer) == 0)
            mail.advance(seconds: 60)
            #expect(try await mail.send(by: mailer) == 1)
            #expect(try await mail.kept().last?.attempts == 2)
        }
    }

    @Test("the delay after a try doubles from five seconds and ends at four hours")
    func delays() {
        for (attempt, seconds) in [(1, 5.0), (2, 10), (3, 20), (12, 10_240), (13, 14_400), (14, 14_400), (15, 14_400), (16, 14_400), (17, 14_400)] {
            #expect(SendMail.final(.later(seconds: 0, text: "x"), after: attempt) == .later(seconds: seconds, text: "x"))
        }
        #expect(SendMail.final(.later(seconds: 0, text: "x"), after: 18) == .failed(code: nil, text: "x"))
        #expect(SendMail.final(.sent(code: 250, text: ""), after: 18) == .sent(code: 250, text: ""))
    }

    @Test("what a mail server answers is kept without the address that it repeats")
    func addresses() {
        #expect(SMTPMailer.withoutAddresses("5.1.1 <sam@example.org>: user unknown\r\n\u{0}") == "5.1.1 (address) user unknown")
        #expect(SMTPMailer.withoutAddresses("OK") == "OK")
    }
}
