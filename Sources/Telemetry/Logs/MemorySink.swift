import Glibc

/// Keeps the last lines in memory: what a test reads, and what nobody sees otherwise.
public final class MemorySink: LogSink, @unchecked Sendable {   // all state is behind the mutex
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var kept: [String] = []
    private let limit: Int

    public init(limit: Int = 10_000) {
        self.limit = limit
        pthread_mutex_init(mutex, nil)
    }
    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    public func write(_ line: [UInt8]) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if kept.count == limit { kept.removeFirst() }
        kept.append(String(decoding: line, as: UTF8.self))
    }

    /// The lines so far, oldest first.
    public var lines: [String] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return kept
    }
}
