import Glibc
public import Telemetry

/// A message to compose: plain text, with an HTML form of the same beside it if there is one.
public struct MailMessage: Sendable {
    /// Who writes.
    public var from: MailAddress
    /// Who is written to; each sees the others.
    public var to: [MailAddress]
    /// One line.
    public var subject: String
    /// The text.
    public var text: String
    /// The same for readers that show HTML.
    public var html: String?
    /// A world-wide unique id, `local@domain`; sending a message again under the same id lets a reader see that it is the same.
    public var id: String
    /// When it was written.
    public var date: Timestamp
    /// Further fields, such as `List-Unsubscribe`.
    public var headers: [HeaderField] = []

    /// A message of these parts.
    public init(from: MailAddress, to: [MailAddress], subject: String, text: String, html: String? = nil, id: String, date: Timestamp) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.id = id
        self.date = date
    }

    /// The message as it is sent (RFC 5322, MIME). Throws `invalidRequest` when a subject, a name, an address or a field would
    /// become more than itself (a line end in it, above all).
    public func bytes() throws(CurlError) -> [UInt8] {
        var lines = [
            "Date: \(try Self.dateText(date))", "From: \(try Self.mailbox(from))", "To: \(try to.map(Self.mailbox).joined(separator: ",\r\n "))",
            "Subject: \(try MailText.unstructured(subject))", "Message-ID: <\(try checkedID())>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        for field in headers {
            guard field.isWellFormed else { throw CurlError(.invalidRequest, "a header field of the message cannot be written") }
            lines.append("\(field.name): \(try MailText.unstructured(field.value))")
        }
        return Array((lines + content()).joined(separator: "\r\n").utf8)
    }

    private func content() -> [String] {
        guard let html else { return Self.part(text, "plain") }
        // Cannot stand in a part: quoted-printable has no "=_".
        let boundary = "=_lyceum_parts"
        return ["Content-Type: multipart/alternative; boundary=\"\(boundary)\"", "", "--\(boundary)"] + Self.part(text, "plain")
            + ["--\(boundary)"] + Self.part(html, "html") + ["--\(boundary)--", ""]
    }

    private static func part(_ text: String, _ subtype: String) -> [String] {
        ["Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", MailText.quotedPrintable(text)]
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

    private static func dateText(_ date: Timestamp) throws(CurlError) -> String {
        var seconds = time_t(date.microseconds / 1_000_000)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { throw CurlError(.invalidRequest, "the date is out of range") }
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let two: (CInt) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }
}
