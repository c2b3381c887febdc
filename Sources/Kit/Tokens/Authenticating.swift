/// Says who sends a request.
public protocol Authenticating: Sendable {
    /// Who sends a request with these `Authorization` fields, as far as `policy` asks. Throws 401, 403, or 503 when it cannot be known now.
    func principal(for policy: Policy, authorization fields: [String]) async throws(Problem) -> Principal?
}

/// For a process that takes no tokens: whoever has to sign in cannot.
public struct NobodySignsIn: Authenticating {
    /// Knows nobody.
    public init() {}

    /// Nil where anyone may, 401 elsewhere.
    public func principal(for policy: Policy, authorization fields: [String]) async throws(Problem) -> Principal? {
        try policy.check(nil)
        return nil
    }
}
