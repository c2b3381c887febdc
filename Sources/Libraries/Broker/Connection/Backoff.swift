/// Waits that double up to a cap, each shortened by up to half at random so that a fleet does not come back at once.
struct Backoff {
    private let first: Int
    private let cap: Int
    private var next: Int

    init(firstMilliseconds: Int = 50, capMilliseconds: Int) {
        first = min(firstMilliseconds, capMilliseconds)
        cap = capMilliseconds
        next = first
    }

    mutating func milliseconds(random: (ClosedRange<Int>) -> Int = { .random(in: $0) }) -> Int {
        defer { next = min(next * 2, cap) }
        return random(next / 2 ... next)
    }

    mutating func reset() { next = first }
}
