internal import Kit
internal import Mongo
internal import Postgres

/// What happens to an event whose handler threw.
///
/// It is tried again here, with growing waits, while the ones after it stay unsettled and in order. Handing it back to the queue would let later
/// ones overtake it and would count against those that were handed out with it. What is not there (a database, another service) is waited for without
/// end: an outage of whatever length makes no event dead. RabbitMQ takes a message back that is not settled within 30 minutes and hands it out anew,
/// up to its delivery limit, which is for events that take the process down.
public struct RetryPolicy: Sendable {
    /// How often the handler may fail on an event before it is dead.
    public var attempts = 5
    public var firstMilliseconds = 100
    public var capMilliseconds = 5_000

    public init() {}

    enum Verdict: Equatable {
        /// Again, after so many milliseconds.
        case retry(milliseconds: Int)
        case dead
    }

    /// The verdict on one more failure.
    struct State {
        private(set) var failures = 0
        private var waits = 0

        mutating func failed(_ error: any Error, _ policy: RetryPolicy, random: (ClosedRange<Int>) -> Int = { .random(in: $0) }) -> Verdict {
            switch RetryPolicy.kind(of: error) {
            case .hopeless: return .dead
            case .passing: break
            case .failure:
                failures += 1
                if failures >= policy.attempts { return .dead }
            }
            let longest = min(policy.capMilliseconds, policy.firstMilliseconds << min(waits, 16))
            waits += 1
            return .retry(milliseconds: random(longest / 2 ... longest))
        }
    }

    enum Kind { case hopeless, passing, failure }

    static func kind(of error: any Error) -> Kind {
        switch error {
        case is EventError: .hopeless
        case is RetryLater: .passing
        // A statement whose end is not known is safe to repeat here: the inbox is written in the same transaction.
        case let error as PostgresError: error.isRetriable || [.connection, .timeout].contains(error.kind) ? .passing : .failure
        case let error as MongoError: error.isRetriable ? .passing : .failure
        case let error as ServiceCallError: error.isPassing ? .passing : .failure
        case let error as any ProblemConvertible: [429, 502, 503, 504].contains(error.problem.status) ? .passing : .failure
        default: .failure
        }
    }
}
