internal import Loop

/// An answer's body on its way in: what has come and nobody has taken yet, up to a mark at which libcurl rests. Its loop's thread only.
final class Inflow {
    typealias Piece = Result<[UInt8]?, CurlError>

    /// Bytes at which the transfer rests until they are taken.
    static let highWater = 256 << 10

    private var bytes: [UInt8] = []
    private var end: Result<Void, CurlError>?
    private var waiter: UnsafeContinuation<Piece, Never>?
    private var timer: Repeat?
    private(set) var isResting = false

    /// False when there is no room: libcurl keeps the bytes and rests until `wakes`.
    func add(_ new: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count < Self.highWater else {
            isResting = true
            return false
        }
        bytes.append(contentsOf: new)
        settle()
        return true
    }

    /// The next piece is wanted; `timer` ends the transfer when none comes. One at a time waits: a second one finds that it was cancelled.
    func wait(_ continuation: UnsafeContinuation<Piece, Never>, timer: () -> Repeat) {
        waiter?.resume(returning: .failure(.cancelledTask(mayHaveBeenSent: true)))
        self.timer?.cancel()
        waiter = continuation
        self.timer = nil
        settle()
        if waiter != nil { self.timer = timer() }
    }

    /// Whether libcurl rested and there is room again. It does not rest from then on.
    func wakes() -> Bool {
        guard isResting, bytes.count < Self.highWater else { return false }
        isResting = false
        return true
    }

    /// No more will come. What has come is still handed out, an error after it.
    func finish(_ result: Result<Void, CurlError>) {
        guard end == nil else { return }
        end = result
        settle()
    }

    private func settle() {
        guard let waiter else { return }
        let piece: Piece
        if !bytes.isEmpty {
            piece = .success(bytes)
            bytes = []
        } else if let end {
            piece = end.map { nil }
        } else {
            return
        }
        self.waiter = nil
        timer?.cancel()
        timer = nil
        waiter.resume(returning: piece)
    }
}
