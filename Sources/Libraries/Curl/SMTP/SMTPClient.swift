internal import JSON

/// Hands messages to a mail server (RFC 5321) and says what it answered. The connection is kept for the next message.
public struct SMTPClient: Sendable {
    private let url: String
    private let client: CurlClient
    private let timeoutMilliseconds: Int

    /// Messages larger than this are refused, in bytes.
    public static let maximumMessageBytes = 10 << 20
    /// One message goes to at most this many recipients.
    public static let maximumRecipients = 100

    /// A client of the server at `url`: `smtp://host:port` (TLS by STARTTLS where the server offers it) or `smtps://host:port` (TLS from the start),
    /// with `user:password@` when it asks for them; a path is the name given with EHLO. `timeoutMilliseconds` is for one message.
    public init(_ url: String, client: CurlClient, timeoutMilliseconds: Int = 15_000) throws(CurlError) {
        guard ["smtp://", "smtps://"].contains(where: url.hasPrefix) else { throw CurlError(.invalidRequest, "the address is not smtp or smtps") }
        try CurlRequest.checkAddress(url)
        self.url = url
        self.client = client
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends a composed message to all its recipients. When it returns, the server has the responsibility for it.
    ///
    /// Throws `refused` with `answerCode` when the server says no to the sender, a recipient or the message: then nobody gets it.
    public func send(_ message: MailMessage) async throws(CurlError) -> SMTPAnswer {
        try await send(from: message.from.address, to: message.to.map(\.address), message: try message.bytes())
    }

    /// Sends bytes that are a message already (RFC 5322). Line ends become CRLF; a NUL or a bare CR is refused, and so is an
    /// address that could say more to the server than who is meant.
    public func send(from sender: String, to recipients: [String], message: [UInt8]) async throws(CurlError) -> SMTPAnswer {
        guard (1...Self.maximumRecipients).contains(recipients.count) else {
            throw CurlError(.invalidRequest, "a message has 1 to \(Self.maximumRecipients) recipients")
        }
        for address in [sender] + recipients where !MailAddress.isEnvelopeSafe(address) {
            throw CurlError(.invalidRequest, "a mail address cannot be sent")
        }
        guard message.count <= Self.maximumMessageBytes else {
            throw CurlError(.invalidRequest, "the message is larger than \(Self.maximumMessageBytes) bytes")
        }
        let outcome = try await client.perform(TransferPlan(
            url: url, work: .mail(sender: sender, recipients: recipients, message: Buffer(try Self.withCRLF(message))),
            timeoutMilliseconds: timeoutMilliseconds, limit: 64 << 10))
        let last = String(decoding: outcome.head.last ?? [], as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        return SMTPAnswer(code: outcome.status, text: String(last.dropFirst(4)))
    }

    /// The same lines with CRLF at their ends. A bare CR would be a line end to some servers and none to others.
    static func withCRLF(_ message: [UInt8]) throws(CurlError) -> [UInt8] {
        let cr = UInt8(ascii: "\r"), lf = UInt8(ascii: "\n")
        var lines: [UInt8] = []
        lines.reserveCapacity(message.count + message.count / 40)
        for (index, byte) in message.enumerated() {
            let next = index + 1 < message.count ? message[index + 1] : 0
            guard byte != 0, byte != cr || next == lf else { throw CurlError(.invalidRequest, "the message has a NUL or a bare CR") }
            if byte == lf, index == 0 || message[index - 1] != cr { lines.append(cr) }
            lines.append(byte)
        }
        return lines
    }
}
