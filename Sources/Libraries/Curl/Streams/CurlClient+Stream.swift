extension CurlClient {
    /// Sends a request and returns with the head of the answer, which must come within the request's time limit; the body is pulled (`CurlStream`),
    /// each piece within `idleMilliseconds` of being asked for, `CurlRequest.limit` bytes in all.
    ///
    /// The transfer keeps its place among those that may run at once until it has ended.
    public func stream(_ request: CurlRequest, idleMilliseconds: Int = 30_000) async throws(CurlError) -> CurlStream {
        guard request.version != .http2 else { throw CurlError(.invalidRequest, "a body is not pulled over HTTP/2") }
        return try await onALoop(request) { await $0.open($1, idleMilliseconds: idleMilliseconds) }
    }
}
