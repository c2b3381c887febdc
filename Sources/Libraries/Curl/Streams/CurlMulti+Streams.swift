internal import CCurl
internal import Loop

extension CurlMulti {
    /// Runs a transfer up to the head of its answer.
    func open(_ request: CurlRequest, idleMilliseconds: Int) async -> Result<CurlStream, CurlError> {
        let transfer = transfer(for: request, inflow: Inflow())
        return await run(transfer).map { CurlStream($0, of: transfer, on: self, idleMilliseconds: idleMilliseconds) }
    }

    /// The next piece of a transfer's body.
    func next(of transfer: Transfer, idleMilliseconds: Int) async -> Inflow.Piece {
        loop.preconditionCurrent()
        guard let inflow = transfer.inflow else { return .success(nil) }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                inflow.wait(continuation) {
                    Repeat(everyMilliseconds: UInt64(max(idleMilliseconds, 1)), once: true, on: loop) { [unowned self, unowned transfer] in
                        end(transfer, .failure(CurlError(.timeout, "nothing came for \(idleMilliseconds) ms", mayHaveBeenSent: true)))
                    }
                }
                if Task.isCancelled { end(transfer, .failure(.cancelledTask(mayHaveBeenSent: true))) }
                if inflow.wakes() { goOn(transfer) }
            }
        } onCancel: {
            abandon(transfer)
        }
    }

    /// Ends a transfer from wherever this is called; nothing happens to one that has ended.
    func abandon(_ transfer: Transfer) {
        // A hop even from this thread: libcurl may be in the middle of something.
        Task(executorPreference: loop) { [loop] in
            if loop.isCurrent { self.end(transfer, .failure(.cancelledTask(mayHaveBeenSent: self.wasSent(transfer)))) }
        }
    }

    /// Fetches the next piece of a request's body while libcurl rests.
    func fetch(_ offset: Int, _ round: Int, of transfer: Transfer) -> Task<Void, Never> {
        let upload = transfer.request.upload
        return Task(executorPreference: loop) { [loop, self] in
            let result: Result<[UInt8], any Error>
            do { result = .success(try await upload?.piece(offset) ?? []) } catch { result = .failure(error) }
            guard loop.isCurrent, transfer.outflow?.take(result, round: round) == true else { return }
            goOn(transfer)
        }
    }

    /// Wakes a transfer that rests. libcurl may hand over or ask for bytes at once.
    private func goOn(_ transfer: Transfer) {
        guard case .running(let easy) = transfer.state else { return }
        let code = curl_easy_pause(easy.raw, CURLPAUSE_CONT)
        if code != CURLE_OK { end(transfer, .failure(error(of: transfer, code, easy))) }
    }
}
