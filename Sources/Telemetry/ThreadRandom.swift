import Glibc

/// The system's random numbers, fetched many at once for each thread: `SystemRandomNumberGenerator` asks the kernel for every single one.
/// As hard to guess as those; a number is wiped when it has been given out.
struct ThreadRandom: RandomNumberGenerator {
    /// The kernel gives 256 bytes at once.
    private static let count = 32

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = pthread_key_create(&key) { $0?.deallocate() }
        precondition(failure == 0, "no room for the random numbers of a thread")
        return key
    }()

    /// How many are left, and behind that the numbers.
    private let words: UnsafeMutablePointer<UInt64>

    /// Those of the current thread: not to be kept across an await.
    init() {
        if let known = pthread_getspecific(Self.key) {
            words = known.assumingMemoryBound(to: UInt64.self)
        } else {
            words = .allocate(capacity: Self.count + 1)
            words.initialize(repeating: 0, count: Self.count + 1)
            pthread_setspecific(Self.key, words)
        }
    }

    mutating func next() -> UInt64 {
        if words[0] == 0 { fill() }
        let at = Int(words[0])
        let word = words[at]
        words[at] = 0
        words[0] = UInt64(at - 1)
        return word
    }

    private func fill() {
        let failure = getentropy(words + 1, Self.count * 8)
        precondition(failure == 0, "the system gives no random numbers")
        words[0] = UInt64(Self.count)
    }
}
