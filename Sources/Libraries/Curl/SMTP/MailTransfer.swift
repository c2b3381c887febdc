import Synchronization

/// One mail on its way. A thread of the client's sends it; `cancel` comes from any other.
final class MailTransfer: @unchecked Sendable {   // touched on the sending thread only, but for the flags
    let sender: String
    let recipients: [String]
    let message: [UInt8]
    /// The moment by which it must be over.
    let endsBy: ContinuousClock.Instant
    /// Whether libcurl has asked for the message: from then on the server may have it.
    private(set) var hasBegun = false
    /// The last line that the server said.
    private(set) var reply: [UInt8] = []
    private var sent = 0
    private let isCancelled = Atomic<Bool>(false)
    private let client: MailClosing

    init(from sender: String, to recipients: [String], _ message: [UInt8], endsBy: ContinuousClock.Instant, _ client: MailClosing) {
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.endsBy = endsBy
        self.client = client
    }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Why it must end now, if it must. libcurl's own limit does not hold for its good-bye to the server: a second is left for that.
    var stopReason: CurlError? {
        if isCancelled.load(ordering: .relaxed) { return .cancelledTask(mayHaveBeenSent: hasBegun) }
        if client.isClosed { return .closedClient(mayHaveBeenSent: hasBegun) }
        guard ContinuousClock.now > endsBy + .seconds(1) else { return nil }
        return CurlError(.timeout, "the mail server said nothing in time", mayHaveBeenSent: hasBegun)
    }

    // MARK: - What libcurl calls

    func takeReply(_ line: UnsafeRawBufferPointer) -> Int {
        reply = Array(line)
        return line.count
    }

    func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
        hasBegun = true
        let count = min(room.count, message.count - sent)
        message.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<sent + count])) }
        sent += count
        return count
    }
}

/// Whether the client was closed, for the mails that are on their way.
final class MailClosing: Sendable {
    private let flag = Atomic<Bool>(false)

    var isClosed: Bool { flag.load(ordering: .relaxed) }
    func close() { flag.store(true, ordering: .relaxed) }
}
