import Glibc

/// A value behind a pthread mutex.
///
/// Not `Synchronization.Mutex`: that is a futex which ThreadSanitizer cannot see, so it reports every use. Hold it for a few instructions only:
/// a loop's thread may be waiting.
public final class Locked<Value>: @unchecked Sendable {   // the value is reached under the mutex only
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// Puts `value` behind a new mutex.
    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` while no other thread has the value. Not reentrant: a second `withLock` inside `body` waits for ever.
    public func withLock<R, Failure: Error>(_ body: (inout sending Value) throws(Failure) -> sending R) throws(Failure) -> sending R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
