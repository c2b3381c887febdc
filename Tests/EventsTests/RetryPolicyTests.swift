import Kit
import Testing
@testable import Events

struct RetryPolicyTests {
    struct Broken: Error {}

    @Test("a handler may fail so often and no oftener, with waits that grow up to the cap")
    func failures() {
        var policy = RetryPolicy()
        (policy.attempts, policy.firstMilliseconds, policy.capMilliseconds) = (5, 100, 300)
        var state = RetryPolicy.State()
        let verdicts = (0..<5).map { _ in state.failed(Broken(), policy) { $0.upperBound } }
        #expect(verdicts == [.retry(milliseconds: 100), .retry(milliseconds: 200), .retry(milliseconds: 300), .retry(milliseconds: 300), .dead])
    }

    @Test("what is not there now is waited for however long it takes, and does not count")
    func passing() {
        var policy = RetryPolicy()
        (policy.attempts, policy.firstMilliseconds, policy.capMilliseconds) = (2, 1_000, 1_000)
        var state = RetryPolicy.State()
        for _ in 0..<100_000 { #expect(state.failed(RetryLater("the index"), policy) { $0.upperBound } == .retry(milliseconds: 1_000)) }
        #expect(state.failed(Broken(), policy) { $0.upperBound } == .retry(milliseconds: 1_000))
        #expect(state.failed(Broken(), policy) { $0.upperBound } == .dead)
    }

    @Test("an event that does not fit its contract is dead at once")
    func hopeless() throws {
        let error = try #require(throws: EventError.self) { try Event(decoding: Array("{}".utf8)) }
        var state = RetryPolicy.State()
        #expect(state.failed(error, RetryPolicy()) == .dead)
    }

    @Test("a service or a store that is away is waited for; a mistake is a failure")
    func kinds() {
        #expect(RetryPolicy.kind(of: ServiceCallError(service: "users", kind: .unreachable)) == .passing)
        #expect(RetryPolicy.kind(of: ServiceCallError(service: "users", kind: .unexpectedStatus(503))) == .passing)
        #expect(RetryPolicy.kind(of: ServiceCallError(service: "users", kind: .unexpectedStatus(400))) == .failure)
        #expect(RetryPolicy.kind(of: ServiceCallError(service: "users", kind: .unreadable("/id"))) == .failure)
        #expect(RetryPolicy.kind(of: Problem.unavailable("The index")) == .passing)
        #expect(RetryPolicy.kind(of: Problem.notFound("x")) == .failure)
        #expect(RetryPolicy.kind(of: Broken()) == .failure)
    }
}
