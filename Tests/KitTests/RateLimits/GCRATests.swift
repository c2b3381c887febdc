import Testing

@testable import Kit

@Suite("What a client hears of its quota") struct GCRATests {
    @Test("what is left is what was not used, and all is back when the last of it is", arguments: [
        (5, 60, 12_000_000, 4, 12), (5, 60, 60_000_000, 0, 60), (7, 60, 8_571_428, 6, 9), (1, 1, 1_000_000, 0, 1), (1000, 1, 1000, 999, 1), (5, 60, 0, 5, 0),
    ])
    func left(count: Int, seconds: Int, used: Int, remaining: Int, reset: Int) {
        let verdict = GCRA(Quota(count, seconds: seconds)).verdict(isAllowed: true, usedMicroseconds: used, waitMicroseconds: 0)
        #expect(verdict == RateLimitVerdict(isAllowed: true, remaining: remaining, resetSeconds: reset, retrySeconds: 0))
    }

    @Test("whoever is refused hears when to come again: in a second at least, and never too early")
    func refused() {
        let rule = GCRA(Quota(5, seconds: 60))
        #expect(rule.verdict(isAllowed: false, usedMicroseconds: 60_000_000, waitMicroseconds: 11_000_001).retrySeconds == 12)
        #expect(rule.verdict(isAllowed: false, usedMicroseconds: 48_000_001, waitMicroseconds: 1).retrySeconds == 1)
    }

    @Test("an operator writes a quota as so many in a time, or off", arguments: [
        ("30/60s", Quota(30, seconds: 60)), ("1/1s", Quota(1, seconds: 1)), ("1000/1h", Quota(1000, seconds: 3600)), ("5/90", nil), ("off", Quota.off), ("", nil),
        ("0/60s", nil), ("-1/60s", nil), ("30", nil), ("30/60s/1", nil), ("30/", nil), ("30/0s", nil), ("30/2d", nil), ("x/60s", nil), ("1000001/1s", nil),
    ] as [(String, Quota?)])
    func quota(text: String, quota: Quota?) {
        #expect(Quota(text) == quota)
        if let quota { #expect(Quota(quota.description) == quota) }
    }
}
