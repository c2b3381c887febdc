import Glibc

/// A value behind a pthread mutex, which ThreadSanitizer sees. Telemetry lies below `Loop`, whose `Locked` it cannot use.
final class Guarded<Value>: @unchecked Sendable {   // the value is reached under the mutex only
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
    }
    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<R>(_ body: (inout Value) -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }
}
