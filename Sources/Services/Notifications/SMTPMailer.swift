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
            return .sent(code: answer.code, text: Self.withoutAddresses(answer.text))
        } catch {
            return Self.outcome(of: error)
        }
    }

    /// RFC 5321, 4.2.1: 5yz is for good, 4yz is for now. What cannot be written as a mail never can.
    static func outcome(of error: CurlError) -> Outcome {
        if let code = error.answerCode, 500...599 ~= code { return .failed(code: code, text: withoutAddresses(error.message)) }
        if error.kind == .invalidRequest { return .failed(code: nil, text: error.message) }
        return .later(seconds: 0, text: withoutAddresses(error.description))
    }

    /// Mail servers repeat the address in what they answer; logs and the store hold none.
    static func withoutAddresses(_ text: String) -> String {
        text.unicodeScalars.split(omittingEmptySubsequences: true) { $0 == " " || $0.value < 0x20 }
            .map { $0.contains("@") ? "(address)" : String($0) }.joined(separator: " ")
    }
}
