public import JSON

/// One call of an internal route of another service.
public struct ServiceCall: Sendable {
    /// Whom: `courses`.
    public var service: String
    /// `GET`, `POST` …
    public var method: String
    /// With its query, percent-encoded: `/internal/v1/courses/0191…`.
    public var path: String
    /// JSON, or none.
    public var body: Buffer?
    /// Whether sending it twice is as good as once, so that it may be repeated when no answer came.
    public var isIdempotent: Bool
    /// How long the answer may take at most; the deadline of the request may shorten it.
    public var timeoutMilliseconds: Int

    /// A call; idempotent unless it is a POST or PATCH.
    public init(
        _ method: String = "GET", _ service: String, _ path: String, body: Buffer? = nil, isIdempotent: Bool? = nil, timeoutMilliseconds: Int = 2000
    ) {
        self.service = service
        self.method = method
        self.path = path
        self.body = body
        self.isIdempotent = isIdempotent ?? (method != "POST" && method != "PATCH")
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
