internal import CMicroHTTPD
import Loop

extension Exchange: BodySource {
    // MARK: - Called by libmicrohttpd

    /// A piece of the body, or its end.
    func bodyCalled(_ call: ExchangeCall, _ server: Server) -> MHD_Result {
        guard let data = call.data, call.size.pointee > 0 else { return bodyEnds() }
        let bytes = UnsafeRawBufferPointer(start: data, count: call.size.pointee)
        if take(bytes, server) { call.size.pointee = 0 }
        return .YES
    }

    /// False when there is no room: the piece comes again once the handler has read.
    private func take(_ bytes: UnsafeRawBufferPointer, _ server: Server) -> Bool {
        if stage == .body, response == nil, body.arrived.count >= server.limits.readAhead {
            suspend(.untilRead)
            return false
        }
        received += UInt64(bytes.count)
        guard stage == .body else { return true }
        if response == nil {
            body.append(bytes)
        } else {
            dropped += UInt64(bytes.count)
            if dropped > UInt64(server.limits.discard) {
                linger()
                return true
            }
        }
        receivedInTime += UInt64(bytes.count)
        setBodyDeadline(server)
        return true
    }

    private func bodyEnds() -> MHD_Result {
        if stage == .lingering { return .NO }
        guard stage == .body else { return .YES }
        connection.deadline = .max
        body.complete()
        if response != nil { return send() }
        suspend(.untilAnswered)
        return .YES
    }

    // MARK: - Deadlines

    /// The client has its time for the body from here on.
    func expectBody() {
        guard let server else { return }
        bodyStart = loop.now
        receivedInTime = 0
        setBodyDeadline(server)
    }

    private func setBodyDeadline(_ server: Server) {
        connection.deadline = bodyStart + server.limits.bodyMilliseconds + receivedInTime * 1000 / max(1, server.limits.bytesPerSecond)
    }

    /// The client has its time to take the answer, or the next part of it.
    func expectReader(length: UInt64) {
        guard let server else { return }
        connection.deadline = loop.now + server.limits.answerMilliseconds + length / max(1, server.limits.bytesPerSecond) * 1000
    }

    // MARK: - Called by the handler

    func nextPiece(minimum: Int) async throws(BodyError) -> [UInt8]? {
        loop.preconditionCurrent()
        await withUnsafeContinuation { continuation in
            // Looked at in here and not before the await: nothing can come between the look and the wait.
            body.wait(for: min(max(1, minimum), server?.limits.readAhead ?? 1), continuation)
            if body.isWanted { readOn() }
        }
        let piece = body.take()
        if piece.isEmpty {
            if let failure = body.failure { throw failure }
            return nil
        }
        if suspension == .untilRead { readOn() }
        return piece
    }

    /// Lets the client send.
    private func readOn() {
        switch suspension {
        case .untilRead:
            expectBody()
            wake()
        case .untilWanted: wake()
        default: break
        }
    }
}
