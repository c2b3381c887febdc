public import HTTP

/// One method of one path: what it asks of its caller, and what answers it.
public struct Route: Sendable {
    /// Answers a request, or throws: a `Problem`, what converts to one, or an error that becomes a 500.
    public typealias Handler = @Sendable (RequestContext) async throws -> Response

    /// `GET`; it answers HEAD as well.
    public let method: String
    /// `/v1/courses/{courseId}`
    public let path: String
    /// Who may.
    public let policy: Policy
    /// How often one client may.
    public let limits: [RateLimit]
    /// Whether it takes `Idempotency-Key`.
    public let idempotency: IdempotencyRule
    /// Bytes of a body that are read at most.
    public let bodyLimit: Int
    /// How long the answer may take: the deadline that every outward call of the request keeps.
    public var timeoutMilliseconds: Int
    /// What answers it.
    public let handler: Handler
    /// Whether it leaves no line in the access log.
    let isQuiet: Bool
    /// Whether its requests are told to come back later when the service has more than fits.
    let isShed: Bool

    /// A route. There is none without a policy. `isShed` is false for what must be answered whatever else is asked for, and for what takes as long as
    /// its client takes, such as an upload: it costs little at a time, and would hold the place of others.
    public init(
        _ method: String, _ path: String, _ policy: Policy, limits: [RateLimit] = [], idempotency: IdempotencyRule = .none, bodyLimit: Int = 1 << 20,
        timeoutMilliseconds: Int = 10_000, isQuiet: Bool = false, isShed: Bool = true, handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.policy = policy
        self.limits = limits
        self.idempotency = idempotency
        self.bodyLimit = bodyLimit
        self.timeoutMilliseconds = timeoutMilliseconds
        self.isQuiet = isQuiet
        self.isShed = isShed
        self.handler = handler
    }
}
