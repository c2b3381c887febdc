/// When a request is sent again, and after what pause: capped exponential backoff with full jitter, so that callers who failed together do not
/// come back together. All tries together stay within the request's own time limit.
public struct CurlRetry: Sendable {
    /// Times that a request is sent, at most.
    public var attempts: Int
    /// The first pause is up to this many milliseconds, each further one up to twice as long.
    public var baseMilliseconds: Int
    /// No pause is longer than this many milliseconds.
    public var capMilliseconds: Int
    /// Answers after which a request that may be done twice is worth sending again.
    public var statuses: Set<Int>
    /// A random number of 0 up to the argument, both included.
    public var random: @Sendable (Int) -> Int
    /// Told before a request is sent again, with the number of tries so far.
    public var onRetry: @Sendable (Int) -> Void = { _ in }
    /// Told of each try (the first is 1) before it is sent, which it may still change: a trace, the time that is left. What it returns is told how
    /// the try ended: with which status, or why not.
    public var onTry: (@Sendable (inout CurlRequest, Int) -> (@Sendable (Result<Int, CurlError>) -> Void)?)?

    /// Three tries, for broken connections and for 503: the server sheds load or is on its way out, and another instance may do better.
    public init(
        attempts: Int = 3, baseMilliseconds: Int = 50, capMilliseconds: Int = 2000, statuses: Set<Int> = [503],
        random: @escaping @Sendable (Int) -> Int = { Int.random(in: 0...$0) }
    ) {
        self.attempts = attempts
        self.baseMilliseconds = baseMilliseconds
        self.capMilliseconds = capMilliseconds
        self.statuses = statuses
        self.random = random
    }

    /// Worth it for what cannot have been done, and for what may be done twice. A timeout is final: it has used up the time.
    func isWorthwhile(after outcome: Result<Int, CurlError>, mayRepeat: Bool) -> Bool {
        switch outcome {
        case .success(let status): mayRepeat && statuses.contains(status)
        case .failure(let error): error.kind == .connection && (mayRepeat || !error.mayHaveBeenSent)
        }
    }

    /// The pause after the first try, the second …, in milliseconds.
    func pause(afterAttempt attempt: Int) -> Int {
        let longest = min(capMilliseconds, baseMilliseconds << min(attempt - 1, 20))
        return max(0, min(random(longest), longest))
    }
}
