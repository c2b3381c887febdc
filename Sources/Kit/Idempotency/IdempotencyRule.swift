internal import HTTP

/// Whether a route takes `Idempotency-Key`.
public enum IdempotencyRule: Sendable, Hashable {
    /// The field is not looked at.
    case none
    /// A request that carries a key has its effect once, however often it is sent.
    case optional
    /// The same, and a request without a key is refused: sent twice it would make two things.
    case required

    /// The key of a request. Throws 400 when it is malformed, or missing where it is required.
    func key(of request: Request) throws(Problem) -> IdempotencyKey? {
        guard self != .none else { return nil }
        let fields = request.headers("idempotency-key")
        guard let field = fields.first else {
            if self == .required { throw .idempotencyKeyRequired() }
            return nil
        }
        guard fields.count == 1, let key = IdempotencyKey(field) else {
            throw .malformed("Idempotency-Key must be one string of 1 to 255 printable ASCII characters, in quotes.")
        }
        return key
    }
}
