import Curl
import FoundationEssentials
import JSON
import Telemetry
import Testing
import TestKit

/// Against the stack's mail sink, which keeps what it takes in a Maildir.
@Suite struct SMTPTests {
    private static func message(_ subject: String, text: String = "Hello") -> MailMessage {
        MailMessage(from: MailAddress("no-reply@lyceum.example", name: "Lyceum"), to: [MailAddress("ada@example.org", name: "Ada Ω \"L\"")],
                    subject: subject, text: text, id: "\(uniqueName("m"))@lyceum.example", date: Timestamp(microseconds: 1_792_000_000_000_000))
    }

    /// The stored message that has `words` in it.
    private static func stored(_ words: String) async throws -> String? {
        let folder = URL(filePath: try TestStack.load().mailbox).appending(path: "new")
        var found: String?
        _ = try await eventually {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                guard let data = FileManager.default.contents(atPath: folder.appending(path: file).path) else { continue }
                let text = String(decoding: data, as: UTF8.self)
                if text.contains(words) { found = text }
            }
            return found != nil
        }
        return found
    }

    @Test("a message reaches the server as it was composed, and its answer comes back")
    func sends() async throws {
        let url = try TestStack.load().smtp
        let lines = ["Dear Ada,", ".", "..two dots", "--dashes", "https://lyceum.example/confirm?token=abc", String(repeating: "long ", count: 40)]
        let message = Self.message("Größe und Ziel", text: lines.joined(separator: "\n"))
        try await withMail(url) { smtp async throws in
            #expect(try await smtp.send(message).code == 250)
        }
        let text = try #require(try await Self.stored(message.id))
        #expect(text.contains("Subject: =?utf-8?B?R3LDtsOfZSB1bmQgWmllbA==?="))
        #expect(text.contains("From: \"Lyceum\" <no-reply@lyceum.example>"))
        #expect(text.contains("Date: Wed, 14 Oct 2026 17:46:40 +0000"))
        let stored = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for line in [".", "..two dots", "--dashes", "https://lyceum.example/confirm?token=3Dabc"] { #expect(stored.contains(Substring(line))) }
        #expect(stored.allSatisfy { $0.utf8.count <= 76 })
    }

    @Test("messages one after the other go over connections that are kept, and many at once all arrive")
    func many() async throws {
        let server = try await MailServer(.plain)
        try await withMail(server.url) { smtp async throws in
            for _ in 0..<5 { #expect(try await smtp.send(Self.message("one by one")).text == "2.0.0 taken") }
            try await withThrowingTaskGroup(of: SMTPAnswer.self) { group in
                for number in 0..<20 { group.addTask { try await smtp.send(Self.message("\(number)")) } }
                for try await answer in group { #expect(answer.code == 250) }
            }
            #expect(try server.log().filter { $0.hasPrefix("EHLO") }.count <= SMTPClient.connections)
            #expect(try server.log().filter { $0 == "DATA" }.count == 25)
        }
    }

    @Test("what the server says no to is refused with its code", arguments: [
        (MailServer.Kind.refusesRecipient, 550), (.refusesSender, 451), (.refusesMessage, 554),
    ])
    func refusals(kind: MailServer.Kind, code: Int) async throws {
        let server = try await MailServer(kind)
        try await withMail(server.url) { smtp async throws in
            let error = await smtp.failure(Self.message("no"))
            #expect(error?.kind == .refused)
            #expect(error?.answerCode == code)
        }
    }

    @Test("where the server offers TLS its certificate must hold: no word of the message goes out otherwise")
    func startTLS() async throws {
        let server = try await MailServer(.offersTLS)
        try await withMail(server.url) { smtp async throws in
            let error = await smtp.failure(Self.message("secret"))
            #expect(error?.kind == .tls)
        }
        #expect(try !server.log().contains { $0.hasPrefix("MAIL") })
        try await withMail(server.url, certificateAuthorities: server.certificate) { smtp async throws in
            #expect(try await smtp.send(Self.message("secret")).code == 250)
        }
        #expect(try server.log().contains("STARTTLS"))
    }

    @Test("a server that says nothing is a timeout, one that is not there a connection error")
    func unreachable() async throws {
        let server = try await MailServer(.silent)
        try await withMail(server.url, timeoutMilliseconds: 400) { smtp async throws in
            let error = await smtp.failure(Self.message("x"))
            #expect(error?.kind == .timeout)
            #expect(error?.mayHaveBeenSent == false)
        }
        try await withMail("smtp://127.0.0.1:\(freePort())") { smtp async throws in
            #expect(await smtp.failure(Self.message("x"))?.kind == .connection)
        }
    }

    @Test("an address that says more than who is meant is refused", arguments: [
        "", "ada", "@example.org", "ada@", "ada@b@c", "ada@example.org\r\nRCPT TO:<eve@example.org>", "ada@example.org>", "<ada@example.org",
        "ada @example.org", "\"a b\"@example.org", "ada@exämple.org", "ada@example..org", ".ada@example.org", "ada.@example.org",
        "ada@-example.org", "ada@example.org SIZE=1", "ada@example.org,eve@example.org",
        "ada\u{0}@example.org", String(repeating: "a", count: 65) + "@example.org",
        "a@" + String(repeating: "a.", count: 130) + "org",
    ])
    func hostileAddresses(address: String) async throws {
        try await withMail("smtp://127.0.0.1:\(freePort())") { smtp async throws in
            for (sender, recipient) in [(address, "ada@example.org"), ("ada@example.org", address)] {
                let error = await smtp.failure(from: sender, to: [recipient], message: [65])
                #expect(error?.kind == .invalidRequest)
            }
        }
    }

    @Test("a server address that is not for mail, no recipient, too many, or a huge message is refused")
    func limits() async throws {
        for url in ["http://127.0.0.1", "smtp://a b", "127.0.0.1:25", ""] {
            #expect(throws: CurlError.self) { try SMTPClient(url) }
        }
        try await withMail("smtp://127.0.0.1:\(freePort())") { smtp async throws in
            let huge = [UInt8](repeating: 65, count: 11 << 20)
            for (recipients, message) in [([], [65]), (Array(repeating: "a@b.c", count: 101), [65]), (["a@b.c"], huge)] {
                let error = await smtp.failure(from: "a@b.c", to: recipients, message: message)
                #expect(error?.kind == .invalidRequest)
            }
        }
    }

    @Test("bare line feeds become line ends; a bare carriage return or a NUL is refused")
    func lineEnds() async throws {
        let server = try await MailServer(.plain)
        try await withMail(server.url) { smtp async throws in
            _ = try await smtp.send(from: "a@b.c", to: ["d@e.f"], message: Array("Subject: x\n\nfirst\r\nsecond\n".utf8))
            #expect(try server.log().suffix(7).prefix(5) == ["DATA", "Subject: x", "", "first", "second"])
            for text in ["a\rb", "a\r", "a\r\r\nb", "a\u{0}b"] {
                let error = await smtp.failure(from: "a@b.c", to: ["d@e.f"], message: Array(text.utf8))
                #expect(error?.kind == .invalidRequest)
            }
        }
    }
}
