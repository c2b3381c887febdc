internal import CCurl
internal import Loop

/// All transfers of one loop: libcurl says which sockets and which moment it waits for, the loop watches them.
///
/// At most so many run at once, so many more wait in their order, each for a bounded time; every transfer ends exactly once. The loop's thread only.
final class CurlMulti: @unchecked Sendable {
    let loop: Loop
    private let configuration: CurlConfiguration
    private var multi: UnsafeMutableRawPointer?
    private var watches: [CInt: Watch] = [:]
    private var timer: Repeat?
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]
    private var waiting: [Transfer] = []
    private var idle: [EasyHandle] = []

    init(on loop: Loop, _ configuration: CurlConfiguration) {
        loop.preconditionCurrent()
        self.loop = loop
        self.configuration = configuration
        guard EasyHandle.isReady, let multi = curl_multi_init() else { return }
        self.multi = multi
        lyceum_multi_long(multi, CURLMOPT_MAXCONNECTS, configuration.transfersPerLoop)
        lyceum_multi_callbacks(multi, { _, socket, what, me, _ in
            CurlMulti.of(me)?.watch(socket, what)
            return 0
        }, { _, milliseconds, me in
            CurlMulti.of(me)?.setTimer(milliseconds)
            return 0
        }, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlMulti? {
        context.map { Unmanaged<CurlMulti>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - A transfer's way

    /// Runs the transfer to its end, its time limit or the cancellation of the task.
    func perform(_ request: CurlRequest) async -> Result<TransferOutcome, CurlError> { await run(transfer(for: request, inflow: nil)) }

    /// A transfer that is yet to run; with an inflow, its task goes on at the head of the answer.
    func transfer(for request: CurlRequest, inflow: Inflow?) -> Transfer {
        loop.preconditionCurrent()
        return Transfer(
            request, inflow: inflow, headLimit: configuration.headBytes, endsBy: loop.now + UInt64(max(request.timeoutMilliseconds, 0)))
    }

    func run(_ transfer: Transfer) async -> Result<TransferOutcome, CurlError> {
        loop.preconditionCurrent()
        guard !Task.isCancelled else { return .failure(.cancelledTask(mayHaveBeenSent: false)) }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                transfer.begin(continuation)
                admit(transfer)
            }
        } onCancel: {
            abandon(transfer)
        }
    }

    private func admit(_ transfer: Transfer) {
        guard multi != nil else { return transfer.end(.failure(.closedClient(mayHaveBeenSent: false))) }
        guard running.count >= configuration.transfersPerLoop else { return start(transfer) }
        guard waiting.count < configuration.waitingPerLoop else {
            return transfer.end(.failure(CurlError(.overloaded, "\(waiting.count) transfers wait already")))
        }
        let wait = min(configuration.waitMilliseconds, transfer.request.timeoutMilliseconds)
        transfer.state = .waiting(Repeat(everyMilliseconds: UInt64(max(wait, 0)), once: true, on: loop) { [unowned self, unowned transfer] in
            end(transfer, .failure(CurlError(.overloaded, "no place came free in \(wait) ms")))
        })
        waiting.append(transfer)
    }

    private func start(_ transfer: Transfer) {
        let left = Int(clamping: transfer.endsBy) - Int(clamping: loop.now)
        guard left > 0 else { return transfer.end(.failure(CurlError(.timeout, "no time was left when a place came free"))) }
        guard let multi, let easy = idle.popLast() ?? EasyHandle(), easy.prepare(transfer, milliseconds: left, configuration) else {
            return transfer.end(.failure(CurlError(.library, "libcurl does not take the request")))
        }
        transfer.state = .running(easy)
        transfer.onSource = { [unowned self, unowned transfer] offset, round in fetch(offset, round, of: transfer) }
        if transfer.inflow != nil {
            // libcurl's own limit is for all of a transfer; this one ends with the head.
            transfer.headTimer = Repeat(everyMilliseconds: UInt64(left), once: true, on: loop) { [unowned self, unowned transfer] in
                end(transfer, .failure(CurlError(.timeout, "no answer in \(left) ms", mayHaveBeenSent: wasSent(transfer))))
            }
        }
        running[easy.raw] = transfer
        let code = curl_multi_add_handle(multi, easy.raw)
        if code != CURLM_OK { end(transfer, .failure(CurlError(.library, String(cString: curl_multi_strerror(code)), code: Int(code.rawValue)))) }
    }

    /// The one way out, whoever comes first: libcurl, a time limit, a cancellation or `close`.
    func end(_ transfer: Transfer, _ result: Result<TransferOutcome, CurlError>) {
        switch transfer.state {
        case .ended, .new: return
        case .waiting(let timer):
            timer.cancel()
            waiting.removeAll { $0 === transfer }
        case .running(let easy):
            running.removeValue(forKey: easy.raw)
            if let multi { curl_multi_remove_handle(multi, easy.raw) }
            easy.reset()
            if idle.count < configuration.transfersPerLoop { idle.append(easy) }
        }
        transfer.end(result)
        while !waiting.isEmpty, running.count < configuration.transfersPerLoop { startFirstWaiting() }
    }

    private func startFirstWaiting() {
        let next = waiting.removeFirst()
        if case .waiting(let timer) = next.state { timer.cancel() }
        start(next)
    }

    /// Ends every transfer and lets connections go. Whatever comes later is refused. A loop that has ended has closed its handles already.
    func close() {
        guard loop.isCurrent else { return }
        for transfer in waiting + running.values { end(transfer, .failure(.closedClient(mayHaveBeenSent: wasSent(transfer)))) }
        idle = []
        if let multi { curl_multi_cleanup(multi) }   // reports the sockets it closes
        multi = nil
        timer?.cancel()
        timer = nil
        for watch in watches.values { watch.cancel() }
        watches = [:]
    }

    // MARK: - What libcurl waits for

    private func watch(_ socket: CInt, _ what: CInt) {
        guard what != CURL_POLL_REMOVE else {
            watches.removeValue(forKey: socket)?.cancel()
            return
        }
        var interest: Watch.Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        if let watch = watches[socket] { return watch.change(to: interest) }
        watches[socket] = Watch(socket, for: interest, on: loop) { [unowned self] ready in
            act(socket, (ready.contains(.read) ? CURL_CSELECT_IN : 0) | (ready.contains(.write) ? CURL_CSELECT_OUT : 0))
        }
    }

    private func setTimer(_ milliseconds: Int) {
        timer?.cancel()
        timer = milliseconds < 0 ? nil : Repeat(everyMilliseconds: UInt64(milliseconds), once: true, on: loop) { [unowned self] in
            timer = nil
            act(CURL_SOCKET_TIMEOUT, 0)
        }
    }

    private func act(_ socket: CInt, _ events: CInt) {
        guard let multi else { return }
        var count: CInt = 0
        curl_multi_socket_action(multi, socket, events, &count)
        var code = CURLE_OK
        while let easy = lyceum_multi_done(multi, &code) {
            guard let transfer = running[easy] else { continue }
            end(transfer, result(of: transfer, code))
        }
    }

    private func result(of transfer: Transfer, _ code: CURLcode) -> Result<TransferOutcome, CurlError> {
        guard case .running(let easy) = transfer.state else { return .failure(CurlError(.library, "a transfer ended that did not run")) }
        let status = lyceum_get_long(easy.raw, CURLINFO_RESPONSE_CODE)
        if code == CURLE_OK { return .success(TransferOutcome(status: status, head: transfer.head, body: transfer.body)) }
        return .failure(error(of: transfer, code, easy))
    }

    /// What libcurl's code means for this transfer.
    func error(of transfer: Transfer, _ code: CURLcode, _ easy: EasyHandle) -> CurlError {
        let wasSent = wasSent(transfer)
        if transfer.isTooLarge { return CurlError(.tooLarge, "more bytes than may come", code: Int(code.rawValue), mayHaveBeenSent: wasSent) }
        if let address = transfer.refusedAddress { return CurlError(.forbidden, "the address leads to \(address)", code: Int(code.rawValue)) }
        if let error = transfer.outflow?.error { return CurlError(error.kind, error.message, code: Int(code.rawValue), mayHaveBeenSent: wasSent) }
        return CurlError(CurlError.Kind(code), easy.reason(code), code: Int(code.rawValue), mayHaveBeenSent: wasSent)
    }

    /// Whether libcurl has written a byte of the request.
    func wasSent(_ transfer: Transfer) -> Bool {
        if case .running(let easy) = transfer.state { lyceum_get_long(easy.raw, CURLINFO_REQUEST_SIZE) > 0 } else { false }
    }
}

extension CurlError {
    static func cancelledTask(mayHaveBeenSent: Bool) -> CurlError { CurlError(.cancelled, "the task was cancelled", mayHaveBeenSent: mayHaveBeenSent) }
    static func closedClient(mayHaveBeenSent: Bool) -> CurlError { CurlError(.closed, "the client was closed", mayHaveBeenSent: mayHaveBeenSent) }
}
