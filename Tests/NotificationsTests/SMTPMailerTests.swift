import Curl
import Kit
import Telemetry
import TestKit
import Testing
@testable import Notifications

@Suite("Mail by SMTP")
struct SMTPMailerTests {
    private func send(_ mail: OutgoingMail, to url: String) async throws -> Outcome {
        let client = try SMTPClient(url)
        let outcome = await SMTPMailer(client: client, from: "no-reply@lyceum.example").send(mail)
        await client.close()
        return outcome
    }

    private func mail(
        _ id: String, to: String = "sam@example.org", name: String = "Sam \u{1F980} Müller", subject: String = "Grüße"
    ) -> OutgoingMail {
        let text = "Hallo Sam,\n\n.\nein Punkt allein.\n"
        return OutgoingMail(to: to, name: name, subject: subject, text: text, messageID: "\(id)@lyceum.example", date: .now)
    }

    @Test("a mail arrives as it was written, with its name, its subject and the id under which it can be told again")
    func arrives() async throws {
        let stack = try TestStack.load()
        let id = uniqueName("mail")
        guard case .sent(let code, _) = try await send(mail(id), to: try stack.smtp) else {
            Issue.record("the sink did not take the mail")
            return
        }
        #expect(code == 250)
        let folder = "\(try stack.mailbox)/new"
        let text = try #require(try Self.mail(in: folder, holding: "<\(id)@lyceum.example>"))
        #expect(text.contains("From: \"Lyceum\" <no-reply@lyceum.example>"))
        #expect(text.contains("<sam@example.org>"))
        #expect(text.contains("Subject: =?utf-8?B?R3LDvMOfZQ==?="))
        #expect(text.contains("Hallo Sam,\n\n.\nein Punkt allein."))
    }

    @Test("what cannot be written as one mail is refused for good, before anything is sent", arguments: [
        ("sam@example.org", "Sam\r\nBcc: all@example.org", "Hello"), ("sam@example.org", "Sam", "Hello\nBcc: all@example.org"),
        ("sam@example.org>\r\nRCPT TO:<all@example.org", "Sam", "Hello"), ("no address", "Sam", "Hello"),
    ])
    func refused(_ to: String, _ name: String, _ subject: String) async throws {
        let outcome = try await send(mail(uniqueName("mail"), to: to, name: name, subject: subject), to: try TestStack.load().smtp)
        guard case .failed(nil, let why) = outcome else {
            Issue.record("it is \(outcome)")
            return
        }
        #expect(!why.contains("@"))
    }

    @Test("while no mail server is there a mail waits")
    func away() async throws {
        guard case .later = try await send(mail(uniqueName("mail")), to: "smtp://127.0.0.1:\(freePort())") else {
            Issue.record("it did not wait")
            return
        }
    }

    /// The text of the mail in a Maildir folder that holds `mark`, with plain line ends.
    private static func mail(in folder: String, holding mark: String) throws -> String? {
        for name in try TestFolder().names(in: folder).reversed() {
            let text = String(decoding: try TestFolder.read("\(folder)/\(name)"), as: UTF8.self).replacing("\r\n", with: "\n")
            if text.contains(mark) { return text }
        }
        return nil
    }
}
