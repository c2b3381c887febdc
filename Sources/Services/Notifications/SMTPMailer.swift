import Curl

/// Mail by SMTP.
struct SMTPMailer: Mailer {
    let client: SMTPClient
    /// Whose name it goes out under.
    let from: String

    func send(_ mail: OutgoingMail) async -> Outcome {
        let message = MailMessage(
            from: MailAddress(from, name: "Lyceum"), to: [MailAddress(mail.to, name: mail.name)], subject: mail.subject, text: mail.text, id: mail.messageID,
            date: mail.date)
        do {
            let answer = try await client.send(message)
            return .sent(code: answer.code, text: answer.text)
        } catch {
            // RFC 5321, 4.2.1: 5yz is for good, 4yz is for now.
            if let code = error.answerCode, 500...599 ~= code { return .failed(code: code, text: error.message) }
            return .later(seconds: 0, text: error.description)
        }
    }
}
