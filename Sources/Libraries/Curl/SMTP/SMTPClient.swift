internal import Loop

/// Hands messages to a mail server (RFC 5321) and says what it answered.
///
/// On threads of its own, each with a connection that is kept for the next message: libcurl waits, blocking, for the answer to a message's
/// end and to its good-bye, also where it is driven by a loop.
public final class SMTPClient: Sendable {
    private let url: String
    private let certificateAuthorities: String?
    private let timeoutMilliseconds: Int
    private let closing = MailClosing()
    private let threads: Workers<MailHandle>

    /// Messages larger than this are refused, in bytes.
    public static let maximumMessageBytes = 10 << 20
    /// One message goes to at most this many recipients.
    public static let maximumRecipients = 100
    /// Messages that are sent at once, each on a connection of its own.
    public static let connections = 10

    /// A client of the server at `url`: `smtp://host:port` (TLS by STARTTLS where the server offers it) or `smtps://host:port` (TLS from the start),
    /// with `user:password@` when it asks for them (then nothing goes out without TLS); a path is the name given with EHLO.
    /// `certificateAuthorities` is a PEM file to trust in place of the system's; `timeoutMilliseconds` is for one message.
    public init(_ url: String, certificateAuthorities: String? = nil, timeoutMilliseconds: Int = 15_000) throws(CurlError) {
        guard ["smtp://", "smtps://"].contains(where: url.hasPrefix) else { throw CurlError(.invalidRequest, "the address is not smtp or smtps") }
        try CurlRequest.checkAddress(url)
        self.url = url
        self.certificateAuthorities = certificateAuthorities
        self.timeoutMilliseconds = timeoutMilliseconds
        threads = Workers(threads: Self.connections, waiting: 100, name: "mail") { MailHandle() }
    }

    deinit { closing.close() }

    /// Ends what is being sent within a second or two (`closed`), lets the connections go and takes nothing more.
    public func close() async {
        closing.close()
        await threads.stop()
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
        return try await perform(MailTransfer(
            from: sender, to: recipients, try Self.withCRLF(message), endsBy: .now + .milliseconds(timeoutMilliseconds), closing))
    }

    private func perform(_ transfer: MailTransfer) async throws(CurlError) -> SMTPAnswer {
        let result: Result<SMTPAnswer, CurlError>
        do {
            result = try await withTaskCancellationHandler {
                try await threads.run { [url, certificateAuthorities] handle in
                    handle.send(transfer, to: url, certificateAuthorities: certificateAuthorities)
                }
            } onCancel: {
                transfer.cancel()
            }
        } catch WorkersError.queueFull {
            throw CurlError(.overloaded, "too many mails wait already")
        } catch WorkersError.stopped {
            throw .closedClient(mayHaveBeenSent: false)
        } catch {
            throw .cancelledTask(mayHaveBeenSent: false)
        }
        return try result.get()
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
