/// Where a service keeps answers: beside what they tell of, so that both are written in one transaction.
public protocol IdempotencyStore: Sendable {
    /// Whether the transaction that claims a request looks for its answer itself, and throws `AlreadyAnswered`: nobody needs to look before.
    var looksInTransaction: Bool { get }
    /// What is kept for the user, route and key of a request, and the fingerprint of the request that it answers; nil when nothing is.
    func find(_ request: IdempotentRequest) async throws -> (answer: KeptAnswer, fingerprint: [UInt8])?
}

extension IdempotencyStore {
    /// The answer that is kept for this very request. Throws 422 when the key was used for another.
    func answer(to request: IdempotentRequest) async throws -> KeptAnswer? {
        guard let found = try await find(request) else { return nil }
        try request.checkIsSame(as: found.fingerprint)
        return found.answer
    }
}

extension IdempotentRequest {
    /// Throws 422 when the request that is answered under this key was another.
    public func checkIsSame(as fingerprint: [UInt8]) throws(Problem) {
        if fingerprint != self.fingerprint { throw .idempotencyKeyReused() }
    }
}

/// A transaction has found its request answered: it does nothing, and that answer is given again.
public struct AlreadyAnswered: Error {
    /// The first answer.
    public let answer: KeptAnswer

    /// The answer as it is kept.
    public init(_ answer: KeptAnswer) { self.answer = answer }
}
