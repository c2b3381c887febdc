public import JSON

/// What another service answered.
public struct ServiceAnswer: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The JSON of the body; nil without one.
    public let body: JSONValue?

    /// An answer as it came, or as a test makes it.
    public init(status: Int, body: JSONValue? = nil) {
        self.status = status
        self.body = body
    }

    /// Reads the body of a 2xx answer; what it does not ask for is let through.
    ///
    /// Throws `ServiceCallError` for another status or a body that does not fit.
    public func fields<T>(from service: String, _ read: (inout JSONFields) -> T) throws(ServiceCallError) -> T {
        guard 200...299 ~= status, let body else { throw ServiceCallError(service: service, kind: .unexpectedStatus(status)) }
        var fields = JSONFields(body)
        fields.ignoreUnknown()
        let value = read(&fields)
        do { try fields.finish() } catch {
            let wrong = error.errors.map { "\($0.pointer) \($0.detail)" }.joined(separator: "; ")
            throw ServiceCallError(service: service, kind: .unreadable(wrong))
        }
        return value
    }

    /// The same, nil when the service answered 404.
    public func fieldsIfFound<T>(from service: String, _ read: (inout JSONFields) -> T) throws(ServiceCallError) -> T? {
        status == 404 ? nil : try fields(from: service, read)
    }
}
