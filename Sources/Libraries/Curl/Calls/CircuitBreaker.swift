/// Whether a service that fails is asked at all. Pure: told what happened and when, it says what to do.
struct CircuitBreaker: Sendable {
    enum State: Sendable, Equatable {
        /// Calls go through; so many have failed one after the other.
        case closed(failures: Int)
        /// Nobody asks until that moment.
        case open(until: ContinuousClock.Instant)
        /// One call finds out whether it answers again; it was let through at that moment.
        case probing(since: ContinuousClock.Instant)
    }
    private(set) var state = State.closed(failures: 0)

    /// Failures one after the other that open it.
    static let threshold = 5
    /// How long it stays open before one call may try: short, so that a service that is back is found at once.
    static let pause = Duration.seconds(1)
    /// A probe whose end nobody reported is forgotten after this.
    static let probeLimit = Duration.seconds(10)

    /// Whether a call may be sent now.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case .closed: return true
        case .open(let until) where now < until: return false
        case .probing(let since) where now < since + Self.probeLimit: return false
        case .open, .probing:
            state = .probing(since: now)
            return true
        }
    }

    /// An answer came, whatever it said.
    mutating func succeeded() { state = .closed(failures: 0) }

    /// No answer came.
    mutating func failed(at now: ContinuousClock.Instant) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.threshold: state = .closed(failures: failures + 1)
        case .closed, .probing: state = .open(until: now + Self.pause)
        case .open: break   // a call from before it opened
        }
    }

    /// The call ended without saying anything about the service (it was cancelled, or had hardly any time): another may probe.
    mutating func learntNothing(at now: ContinuousClock.Instant) {
        if case .probing = state { state = .open(until: now) }
    }
}
