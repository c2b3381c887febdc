/// Where a service keeps answers: beside what they tell of, so that both are written in one transaction.
public protocol IdempotencyStore: Sendable {
    /// What is kept for the user, route and key of a request, and the fingerprint of the request that it answers; nil when nothing is.
    func find(_ request: IdempotentRequest) async throws -> (answer: KeptAnswer, fingerprint: [UInt8])?
}

extension IdempotencyStore {
    /// The answer that is kept for this very request. Throws 422 when the key was used for another.
    func answer(to request: IdempotentRequest) async throws -> KeptAnswer? {
        guard let found = try await find(request) else { return nil }
        guard found.fingerprint == request.fingerprint else { throw Problem.idempotencyKeyReused() }
        return found.answer
    }
}
