public import HTTP

extension RequestContext {
    /// Runs `effect` once for the request's `Idempotency-Key`, and gives every further request of the same key, body and user the first answer.
    ///
    /// The body has been read before. `effect` hands its `Once` to the transaction that makes the effect. `fields` are the header fields that it
    /// reads besides. Throws 422 when the key came with another request before, 409 while one with this key runs. What `effect` throws has left
    /// nothing: the key is free again, also when the process ends in the middle.
    public func once<Result: Sendable>(
        _ store: any IdempotencyStore, fields: [StaticString] = [], respond: @escaping @Sendable (Result) throws -> Response,
        effect: (Once<Result>) async throws -> Result
    ) async throws -> Response {
        guard let request = keyed?.identified(request, of: try userID, fields: fields) else { return try respond(try await effect(.unkept)) }
        if !store.looksInTransaction, let kept = try await store.answer(to: request) { return kept.response }
        do {
            return try respond(try await effect(Once(request, respond)))
        } catch let found as AlreadyAnswered {
            return found.answer.response
        } catch {
            // Perhaps the same request was quicker, and what it did is what now stands in the way; or its answer was lost after the commit.
            if let kept = try? await store.answer(to: request) { return kept.response }
            throw error
        }
    }
}
