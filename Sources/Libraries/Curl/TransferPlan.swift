internal import JSON

/// What a transfer is to do, checked: nothing in it can become something else on the wire.
struct TransferPlan: Sendable {
    enum Work: Sendable {
        case http(method: String, headers: [HeaderField], body: Buffer?, acceptsCompressed: Bool)
        case mail(sender: String, recipients: [String], message: Buffer)
    }
    let url: String
    let work: Work
    let timeoutMilliseconds: Int
    let limit: Int

    /// What this work's connection may take when it is not the client's usual: a mail server may let its greeting wait.
    var connectMilliseconds: Int? {
        if case .mail = work { timeoutMilliseconds } else { nil }
    }

    /// What is sent, if anything.
    var upload: Buffer? {
        switch work {
        case .http(_, _, let body, _): body
        case .mail(_, _, let message): message
        }
    }
}
