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
    private var continuation: UnsafeContinuation<Result<TransferOutcome, CurlError>, Never>?
    private var headBytes = 0

    init(_ request: CurlRequest, headLimit: Int, endsBy: UInt64) {
        self.request = request
        self.endsBy = endsBy
        self.headLimit = headLimit
    }

    /// The task that waits; it is resumed once.
    func begin(_ continuation: UnsafeContinuation<Result<TransferOutcome, CurlError>, Never>) { self.continuation = continuation }

    func end(_ result: Result<TransferOutcome, CurlError>) {
        state = .ended
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
        head.append(Array(line))
        return line.count
    }

    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= request.limit else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
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

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) }) else { return [] }
        return text[first...last]
    }
}
