import Synchronization

/// Makes UUIDv7 in order (RFC 9562, section 6.2, method 1): milliseconds, then a counter that starts at a random place in each of them.
final class UUIDv7Clock: Sendable {
    static let shared = UUIDv7Clock()
    /// Milliseconds since 1970 and 12 bits of counter, of the last id that was made.
    private let last = Atomic<UInt64>(0)

    func next(at time: Timestamp) -> UUID16 {
        let milliseconds = UInt64(max(0, time.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
        // Half of the counter's room is left free, so that 2,048 ids at least fit into a millisecond; more run ahead of the clock.
        var random = ThreadRandom()
        let fresh = milliseconds << 12 | random.next() >> 53
        var seen = last.load(ordering: .relaxed)
        while true {
            let mine = max(fresh, seen + 1)
            let (exchanged, original) = last.weakCompareExchange(expected: seen, desired: mine, ordering: .relaxed)
            if exchanged {
                return UUID16(high: ((mine >> 12) << 16) | 0x7000 | (mine & 0xFFF), low: (random.next() >> 2) | (1 << 63))
            }
            seen = original
        }
    }
}
