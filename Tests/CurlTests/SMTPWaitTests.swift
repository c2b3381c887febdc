import Curl
import Loop
import Telemetry
import Testing
import TestKit

/// A mail server that takes its time holds up nobody but the mail.
@Suite struct SMTPWaitTests {
    private static var message: MailMessage {
        MailMessage(from: MailAddress("no-reply@lyceum.example"), to: [MailAddress("ada@example.org")], subject: "Hello", text: "Hello",
                    id: "\(uniqueName("m"))@lyceum.example", date: Timestamp(microseconds: 1_792_000_000_000_000))
    }

    /// Waits until `count` messages have come to their end, with no answer yet.
    private static func hasHeard(_ count: Int, _ server: MailServer) async throws -> Bool {
        try await eventually { try server.log().filter { $0 == "." }.count == count }
    }

    @Test("while the server thinks about as many mails as may be sent at once the loop that they were sent from runs on")
    func loopRunsOn() async throws {
        let server = try await MailServer(.holdsMessage)
        let loops = LoopGroup(count: 1)
        try await withMail(server.url) { smtp async throws in
            try await loops.run {
                let sent = Locked(0)
                let mails = (0..<SMTPClient.connections).map { _ in
                    Task(executorPreference: loops.loops[0]) {
                        let code = try await smtp.send(Self.message).code
                        sent.withLock { $0 += 1 }
                        return code
                    }
                }
                #expect(try await Self.hasHeard(SMTPClient.connections, server))
                try await loops.loops[0].sleep(milliseconds: 10)
                #expect(sent.withLock { $0 } == 0)
                server.release()
                for mail in mails { #expect(try await mail.value == 250) }
            }
        }
        await loops.shutdown()
    }

    @Test("a message whose answer does not come in time may have been sent")
    func timeout() async throws {
        let server = try await MailServer(.holdsMessage)
        try await withMail(server.url, timeoutMilliseconds: 1000) { smtp async throws in
            let error = await smtp.failure(Self.message)
            #expect(error?.kind == .timeout)
            #expect(error?.mayHaveBeenSent == true)
        }
    }

    @Test("a mail ends with its task, and with the client", arguments: [true, false])
    func stops(isCancelled: Bool) async throws {
        let server = try await MailServer(.holdsMessage)
        try await withMail(server.url) { smtp async throws in
            let mail = Task { await smtp.failure(Self.message) }
            #expect(try await Self.hasHeard(1, server))
            if isCancelled { mail.cancel() } else { await smtp.close() }
            let error = await mail.value
            #expect(error?.kind == (isCancelled ? .cancelled : .closed))
            #expect(error?.mayHaveBeenSent == true)
        }
    }

    @Test("closing does not wait for the server's good-bye, and what comes later is refused", .timeLimit(.minutes(1)))
    func close() async throws {
        let server = try await MailServer(.plain)
        let smtp = try SMTPClient(server.url)
        _ = try await smtp.send(Self.message)
        server.pause()
        await smtp.close()
        let error = await smtp.failure(Self.message)
        #expect(error?.kind == .closed)
        #expect(error?.mayHaveBeenSent == false)
    }

    @Test("a password does not go out where TLS is not offered")
    func password() async throws {
        let server = try await MailServer(.offersLogin)
        try await withMail(server.url.replacing("smtp://", with: "smtp://user:password@")) { smtp async throws in
            #expect(await smtp.failure(Self.message)?.kind == .tls)
        }
        #expect(try !server.log().contains { $0.hasPrefix("AUTH") })
    }
}
