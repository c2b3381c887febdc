public import Loop

extension WorkersError: ProblemConvertible {
    /// 503: the threads have more to do than they can, or the request had no time left.
    public var problem: Problem { .unavailable("The service", retryAfter: 1) }
}
