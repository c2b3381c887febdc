internal import Curl
internal import Kit

/// Which calls are sent again, and after what pause.
enum CallRetry {
    /// Times that a call is sent, at most.
    static let attempts = 3

    /// Worth it for what cannot have been done, and for what may be done twice: after a broken connection, and after a 503 (the service sheds
    /// load or is on its way out, and another instance may do better). A timeout is final: it has used up the time.
    static func isWorthwhile(after result: Result<CurlResponse, CurlError>, of call: ServiceCall) -> Bool {
        switch result {
        case .success(let response): response.status == 503 && call.isIdempotent
        case .failure(let error): error.kind == .connection && (call.isIdempotent || !error.mayHaveBeenSent)
        }
    }

    /// A random pause, longer from time to time, so that callers who failed together do not come back together.
    static func pause(afterAttempt attempt: Int) -> Duration { .milliseconds(Int.random(in: 10...(30 << attempt))) }
}
