/// The pieces of a streamed answer on their way from the handler's closure to the connection, one at a time. On the loop's thread only.
final class AnswerStream: @unchecked Sendable {
    /// What the connection gets.
    enum Read {
        /// So many bytes were copied.
        case bytes(Int)
        /// Nothing yet: the connection is suspended until `wake`.
        case wait
        /// That was all.
        case end
        /// It broke off.
        case failure
    }

    private var piece: [UInt8] = []
    private var offset = 0
    private var isEnded = false
    private var hasFailed = false
    private var isWanted = false
    private var isOver = false
    private var producer: UnsafeContinuation<Void, Never>?
    private weak var exchange: Exchange?

    init(for exchange: Exchange) { self.exchange = exchange }

    /// Copies what there is; asks for the next piece when that was the last of it.
    func read(into target: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Read {
        if hasFailed || isOver { return .failure }
        let count = min(capacity, piece.count - offset)
        if count > 0 {
            UnsafeMutableRawBufferPointer(start: target, count: count).copyBytes(from: piece[offset..<offset + count])
            offset += count
            exchange?.expectReader(length: 0)
        }
        if offset == piece.count && !isEnded { want() }
        if count > 0 { return .bytes(count) }
        if isEnded { return .end }
        exchange?.waitForStream()
        return .wait
    }

    /// Nobody reads any more.
    func close() {
        isOver = true
        resumeProducer()
    }

    /// Asks `pull` for pieces as they are wanted, until the end, an error or the client's leaving.
    func pump(_ pull: @Sendable () async throws -> [UInt8]?) async {
        while await isNextWanted() {
            do {
                guard let next = try await pull() else {
                    isEnded = true
                    break
                }
                if next.isEmpty { continue }
                piece = next
                offset = 0
                isWanted = false
                exchange?.streamHasMore()
            } catch {
                break
            }
        }
        if !isEnded { hasFailed = true }
        exchange?.streamHasMore()
    }

    /// False when there is nobody to give it to.
    private func isNextWanted() async -> Bool {
        await withUnsafeContinuation { continuation in
            if isWanted || isOver { return continuation.resume() }
            producer = continuation
        }
        return !isOver && !Task.isCancelled
    }

    private func want() {
        isWanted = true
        resumeProducer()
    }

    private func resumeProducer() {
        let waiting = producer
        producer = nil
        waiting?.resume()
    }
}
