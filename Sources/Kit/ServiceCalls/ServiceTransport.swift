/// Carries calls to other services. The typed clients of the contracts stand on it; tests put their own in its place.
public protocol ServiceTransport: Sendable {
    /// Sends the call and waits for its answer. Any status is an answer; throws `ServiceCallError` when none came.
    func call(_ call: ServiceCall) async throws(ServiceCallError) -> ServiceAnswer
}
