import Testing

@testable import Curl

@Suite struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.threshold { breaker.failed(at: start) }
        return breaker
    }

    @Test("it opens at the fifth failure running and not before")
    func opens() {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.failed(at: start) }
        let first = breaker.admits(at: start)
        #expect(first)
        breaker.failed(at: start)
        let second = breaker.admits(at: start)
        #expect(!second)
    }

    @Test("an answer in between forgives what failed before")
    func forgives() {
        var breaker = CircuitBreaker()
        for _ in 0..<20 {
            for _ in 0..<4 { breaker.failed(at: start) }
            breaker.succeeded()
        }
        let admitted = breaker.admits(at: start)
        #expect(admitted)
    }

    @Test("after its pause one call goes through and no second beside it")
    func probes() {
        var breaker = opened()
        let first = breaker.admits(at: start + .milliseconds(999))
        #expect(!first)
        let second = breaker.admits(at: start + .seconds(1))
        #expect(second)
        let third = breaker.admits(at: start + .seconds(1))
        #expect(!third)
    }

    @Test("the probe decides: an answer closes it, a failure opens it again for a pause")
    func decides() {
        var breaker = opened()
        _ = breaker.admits(at: start + .seconds(1))
        breaker.failed(at: start + .seconds(2))
        let first = breaker.admits(at: start + .milliseconds(2999))
        #expect(!first)
        let second = breaker.admits(at: start + .seconds(3))
        #expect(second)
        breaker.succeeded()
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test("a probe that says nothing lets the next one try, and a lost one is forgotten")
    func probeLost() {
        var breaker = opened()
        _ = breaker.admits(at: start + .seconds(1))
        breaker.learntNothing(at: start + .seconds(1))
        let first = breaker.admits(at: start + .seconds(1))
        #expect(first)
        let second = breaker.admits(at: start + .seconds(10))
        #expect(!second)
        let third = breaker.admits(at: start + .seconds(11))
        #expect(third)
    }

    @Test("a failure from before it opened does not keep it open longer")
    func late() {
        var breaker = opened()
        breaker.failed(at: start + .milliseconds(900))
        let admitted = breaker.admits(at: start + .seconds(1))
        #expect(admitted)
    }
}
