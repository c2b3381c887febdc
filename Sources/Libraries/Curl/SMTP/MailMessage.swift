public import Telemetry

/// A message to compose, in plain text.
public struct MailMessage: Sendable {
    /// Who writes.
    public var from: MailAddress
    /// Who is written to; each sees the others.
    public var to: [MailAddress]
    /// One line.
    public var subject: String
    /// The text.
    public var text: String
    /// A world-wide unique id, `local@domain`; sending a message again under the same id lets a reader see that it is the same.
    public var id: String
    /// When it was written.
    public var date: Timestamp

    /// A message of these parts.
    public init(from: MailAddress, to: [MailAddress], subject: String, text: String, id: String, date: Timestamp) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.id = id
        self.date = date
    }

    /// The message as it is sent (RFC 5322, MIME). Throws `invalidRequest` when a subject, a name or an address would
    /// become more than itself (a line end in it, above all).
    public func bytes() throws(CurlError) -> [UInt8] {
        let lines = [
            "Date: \(date.imfFixdate(zone: "+0000"))", "From: \(try Self.mailbox(from))", "To: \(try to.map(Self.mailbox).joined(separator: ",\r\n "))",
            "Subject: \(try MailText.unstructured(subject))", "Message-ID: <\(try checkedID())>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
        ]
        return Array((lines + ["", MailText.quotedPrintable(text)]).joined(separator: "\r\n").utf8)
    }

    private func checkedID() throws(CurlError) -> String {
        guard MailAddress.isEnvelopeSafe(id) else { throw CurlError(.invalidRequest, "the message id is not local@domain") }
        return id
    }

    private static func mailbox(_ mailbox: MailAddress) throws(CurlError) -> String {
        guard MailAddress.isEnvelopeSafe(mailbox.address) else { throw CurlError(.invalidRequest, "a mail address cannot be sent") }
        guard let name = mailbox.name, !name.isEmpty else { return mailbox.address }
        return "\(try MailText.phrase(name)) <\(mailbox.address)>"
    }
}
