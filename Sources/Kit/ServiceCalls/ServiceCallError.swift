/// Why another service could not be asked. A client hears 503.
public struct ServiceCallError: ProblemConvertible, Sendable, Equatable, CustomStringConvertible {
    /// What happened.
    public enum Kind: Sendable, Equatable {
        /// No connection.
        case unreachable
        /// No answer in time.
        case timeout
        /// Not asked at all: it failed too often just now.
        case circuitOpen
        /// An answer that no caller expects.
        case unexpectedStatus(Int)
        /// An answer that does not fit the contract; says where.
        case unreadable(String)
    }
    /// Who was asked.
    public let service: String
    /// What happened.
    public let kind: Kind

    /// An error of a call to `service`.
    public init(service: String, kind: Kind) {
        self.service = service
        self.kind = kind
    }

    /// Whether the same call may go well later. An answer that does not fit the contract stays what it is.
    public var isPassing: Bool {
        switch kind {
        case .unreachable, .timeout, .circuitOpen: true
        case .unexpectedStatus(let status): [429, 502, 503, 504].contains(status)
        case .unreadable: false
        }
    }

    /// For logs.
    public var description: String {
        switch kind {
        case .unreachable: "\(service) is unreachable"
        case .timeout: "\(service) did not answer in time"
        case .circuitOpen: "\(service) is left alone after many failures"
        case .unexpectedStatus(let status): "\(service) answered \(status)"
        case .unreadable(let wrong): "\(service) answered what cannot be read: \(wrong)"
        }
    }

    /// 503: asking again may work.
    public var problem: Problem { .unavailable("The service \(service)") }
}
