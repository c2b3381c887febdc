internal import Curl
internal import Loop

/// A circuit breaker for each service, and what of a transfer's end it is told.
final class Circuits: Sendable {
    /// A timeout says something about the service only if it had this long.
    private static let fairMilliseconds = 1000

    private let breakers = Locked<[String: CircuitBreaker]>([:])

    /// Whether the service may be asked now.
    func admits(_ service: String) -> Bool {
        let now = ContinuousClock.now
        return breakers.withLock { $0[service, default: CircuitBreaker()].admits(at: now) }
    }

    /// How a transfer ended that had so long for it.
    func note(_ result: Result<CurlResponse, CurlError>, of service: String, hadMilliseconds: Int) {
        let now = ContinuousClock.now
        breakers.withLock { breakers in
            switch result {
            case .success: breakers[service, default: CircuitBreaker()].succeeded()
            case .failure(let error) where Self.isItsFault(error, hadMilliseconds): breakers[service, default: CircuitBreaker()].failed(at: now)
            case .failure: breakers[service, default: CircuitBreaker()].learntNothing(at: now)
            }
        }
    }

    private static func isItsFault(_ error: CurlError, _ milliseconds: Int) -> Bool {
        switch error.kind {
        case .connection, .tls, .protocolViolation: true
        case .timeout: milliseconds >= fairMilliseconds
        case .tooLarge, .cancelled, .overloaded, .invalidRequest, .refused, .closed, .library: false
        }
    }
}
