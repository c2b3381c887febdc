internal import CCurl
import Glibc
internal import Loop

/// One transfer from its request to its end. Touched on its loop's thread only, but for being handed there.
final class Transfer: @unchecked Sendable {
    enum State { case new, waiting(Repeat), running(EasyHandle), ended }

    let request: CurlRequest
    let headLimit: Int
    /// The moment on the loop's clock by which it must be over.
    let endsBy: UInt64
    var state = State.new
    private(set) var head: [[UInt8]] = []
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false
    /// Where the body goes that is pulled; nil for one that is kept whole.
    let inflow: Inflow?
    /// Where the body comes from that is not in memory.
    let outflow: Outflow?
    /// Ends a transfer whose head does not come.
    var headTimer: Repeat?
    /// Fetches a piece of the body to send.
    var onSource: (_ offset: Int, _ round: Int) -> Task<Void, Never> = { _, _ in Task {} }
    /// The address that a user's URL must not lead to, and did.
    private(set) var refusedAddress: String?
    private var continuation: UnsafeContinuation<Result<TransferOutcome, CurlError>, Never>?
    private var headBytes = 0
    private var received = 0

    init(_ request: CurlRequest, inflow: Inflow?, headLimit: Int, endsBy: UInt64) {
        self.request = request
        self.inflow = inflow
        outflow = request.upload.map { Outflow($0) }
        self.endsBy = endsBy
        self.headLimit = headLimit
    }

    /// The task that waits; it is resumed once.
    func begin(_ continuation: UnsafeContinuation<Result<TransferOutcome, CurlError>, Never>) { self.continuation = continuation }

    func end(_ result: Result<TransferOutcome, CurlError>) {
        state = .ended
        outflow?.close()
        resume(result)
        inflow?.finish(result.map { _ in })
    }

    private func resume(_ result: Result<TransferOutcome, CurlError>) {
        headTimer?.cancel()
        headTimer = nil
        let waiting = continuation
        continuation = nil
        waiting?.resume(returning: result)
    }

    // MARK: - What libcurl calls. A count other than the one given ends the transfer.

    /// A line of the head; a status line begins it anew (an interim answer came before).
    func takeHead(_ line: UnsafeRawBufferPointer) -> Int {
        if line.starts(with: "HTTP/".utf8) { (head, headBytes) = ([], 0) }
        headBytes += line.count
        guard headBytes <= headLimit else {
            isTooLarge = true
            return 0
        }
        let isEnd = line.elementsEqual([0x0D, 0x0A]) || line.elementsEqual([0x0A])
        if inflow != nil, isEnd, let status = TransferOutcome.status(of: head), status >= 200 {
            resume(.success(TransferOutcome(status: status, head: head, body: [])))
        }
        head.append(Array(line))
        return line.count
    }

    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard received + bytes.count <= request.limit else {
            isTooLarge = true
            return 0
        }
        if let inflow {
            guard inflow.add(bytes) else { return Int(CURL_WRITEFUNC_PAUSE) }
        } else {
            body.append(contentsOf: bytes)
        }
        received += bytes.count
        return bytes.count
    }

    func giveBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int { outflow?.read(into: buffer, ask: onSource) ?? 0 }

    /// The address that libcurl is about to connect to, or has a kept connection to; nil is none that we know. False when this request must not get there.
    func mayReach(_ address: IPAddress?) -> Bool {
        guard case .untrusted(let rules) = request.trust else { return true }
        if let address, rules.allows(address) { return true }
        refusedAddress = address?.description ?? "an address of an unknown kind"
        return false
    }
}

/// What came back.
struct TransferOutcome: Sendable {
    let status: Int
    /// The lines of the head, status line included, as they came.
    let head: [[UInt8]]
    let body: [UInt8]

    /// The fields among them.
    var fields: [HeaderField] {
        head.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            return HeaderField(String(decoding: line[..<colon], as: UTF8.self), String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self))
        }
    }

    /// The status that a head's first line says.
    static func status(of head: [[UInt8]]) -> Int? {
        guard let line = head.first, let space = line.firstIndex(of: 0x20), line.count >= space + 4 else { return nil }
        return Int(String(decoding: line[(space + 1)..<(space + 4)], as: UTF8.self))
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) }) else { return [] }
        return text[first...last]
    }
}
