internal import Loop

/// A circuit breaker for each server (scheme, host and port), and what of a transfer's end it is told.
final class Circuits: Sendable {
    /// A timeout says something about the server only if it had this long.
    private static let fairMilliseconds = 1000
    /// Servers that are remembered at most: only those that failed lately are, since one that answers needs no entry.
    private static let places = 1024

    private let breakers = Locked<[String: CircuitBreaker]>([:])

    /// Whether the server may be asked now.
    func admits(_ server: String) -> Bool {
        let now = ContinuousClock.now
        return breakers.withLock { $0[server]?.admits(at: now) ?? true }
    }

    /// How a transfer ended that had so long for it: nil for an answer.
    func note(_ error: CurlError?, of server: String, hadMilliseconds: Int) {
        let now = ContinuousClock.now
        breakers.withLock { breakers in
            guard let error else {
                breakers[server] = nil
                return
            }
            guard breakers[server] != nil || breakers.count < Self.places else { return }
            if Self.isItsFault(error, hadMilliseconds) {
                breakers[server, default: CircuitBreaker()].failed(at: now)
            } else {
                breakers[server]?.learntNothing(at: now)
            }
        }
    }

    private static func isItsFault(_ error: CurlError, _ milliseconds: Int) -> Bool {
        switch error.kind {
        case .connection, .tls, .protocolViolation: true
        case .timeout: milliseconds >= fairMilliseconds
        case .tooLarge, .cancelled, .overloaded, .invalidRequest, .forbidden, .refused, .source, .circuitOpen, .closed, .library: false
        }
    }
}
