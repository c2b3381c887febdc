internal import HTTP

/// How the result of an effect is answered, for the transaction that makes it: it keeps the answer with the effect, so that there is never one
/// without the other. Without a key nothing is kept.
public struct Once<Result: Sendable>: Sendable {
    /// What is kept, and under what.
    public struct Row: Sendable {
        /// Whose answer it is.
        public let request: IdempotentRequest
        /// The answer.
        public let answer: KeptAnswer
    }
    /// The request; nil when it carries no key.
    public let request: IdempotentRequest?
    private let respond: @Sendable (Result) throws -> Response

    init(_ request: IdempotentRequest?, _ respond: @escaping @Sendable (Result) throws -> Response) {
        self.request = request
        self.respond = respond
    }

    /// For an effect that nobody waits for with a key.
    public static var unkept: Once { Once(nil) { _ in Response() } }

    /// What the transaction has to write; nil when it has nothing to.
    public func row(for result: Result) throws -> Row? {
        guard let request else { return nil }
        return Row(request: request, answer: try KeptAnswer(try respond(result)))
    }
}
