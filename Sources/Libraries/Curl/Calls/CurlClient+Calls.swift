internal import Loop

extension CurlClient {
    /// Sends a request as `send` does, again where that is worthwhile (`CurlRetry`), and not at all to a server that failed five times running:
    /// that one is left alone for a second (`circuitOpen`), then one request finds out whether it is back.
    ///
    /// What may be done twice is `CurlRequest.mayRepeat`. The request's time limit is for all tries and pauses together.
    public func call(_ request: CurlRequest, _ retry: CurlRetry = CurlRetry()) async throws(CurlError) -> CurlResponse {
        try await repeated(request, retry, status: \.status) { (request) async throws(CurlError) in try await self.send(request) }
    }

    /// As `call`, for an answer that is pulled piece by piece (`stream`): what comes after its head is not asked for again.
    public func callStream(
        _ request: CurlRequest, _ retry: CurlRetry = CurlRetry(), idleMilliseconds: Int = 30_000
    ) async throws(CurlError) -> CurlStream {
        try await repeated(request, retry, status: \.status) { (request) async throws(CurlError) in
            try await self.stream(request, idleMilliseconds: idleMilliseconds)
        }
    }

    private func repeated<Answer: Sendable>(
        _ request: CurlRequest, _ retry: CurlRetry, status: (Answer) -> Int, _ send: (CurlRequest) async throws(CurlError) -> Answer
    ) async throws(CurlError) -> Answer {
        let server = try request.server(), clock = ContinuousClock()
        var request = request
        request.timeoutMilliseconds = Deadline.milliseconds(atMost: request.timeoutMilliseconds)
        let end = clock.now + .milliseconds(request.timeoutMilliseconds)
        var attempt = 1
        while true {
            guard circuits.admits(server) else { throw CurlError(.circuitOpen, "\(server) failed too often and is left alone for a moment") }
            var sent = request
            let ended = retry.onTry?(&sent, attempt)
            let result: Result<Answer, CurlError>
            do throws(CurlError) { result = .success(try await send(sent)) } catch { result = .failure(error) }
            ended?(result.map(status))
            circuits.note(result.error, of: server, hadMilliseconds: request.timeoutMilliseconds)
            guard attempt < retry.attempts, retry.isWorthwhile(after: result.map(status), mayRepeat: request.mayRepeat) else {
                return try result.get()
            }
            let pause = Duration.milliseconds(retry.pause(afterAttempt: attempt))
            guard clock.now + pause < end, (try? await Task.sleep(for: pause)) != nil else { return try result.get() }
            retry.onRetry(attempt)
            attempt += 1
            request.timeoutMilliseconds = max(1, Int((end - clock.now) / .milliseconds(1)))
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
