/// The generic cell rate algorithm: so many in a window, all at once or one after the other; what was used comes back evenly.
///
/// All that is kept of a client is one number: the moment when everything that it used is back. Only arithmetic: whoever keeps the number has the clock.
public struct GCRA: Sendable, Hashable {
    /// Microseconds until one is back.
    public let interval: Int
    /// Microseconds until all are.
    public let window: Int

    /// Of a quota that is a limit.
    public init(_ quota: Quota) {
        window = max(1, quota.seconds) * 1_000_000
        interval = max(1, window / max(1, quota.count))
    }

    /// What a client hears whose last request left so many microseconds to come back, and for one that was refused those until it would be let in.
    public func verdict(isAllowed: Bool, usedMicroseconds used: Int, waitMicroseconds wait: Int) -> RateLimitVerdict {
        RateLimitVerdict(
            isAllowed: isAllowed, remaining: max(0, window - used) / interval, resetSeconds: Self.seconds(used),
            retrySeconds: isAllowed ? 0 : max(1, Self.seconds(wait)))
    }

    private static func seconds(_ microseconds: Int) -> Int { (max(0, microseconds) + 999_999) / 1_000_000 }
}
