import Glibc

/// What waits for a thread: first come, first served, at most `limit`, and any of it can be taken back while it waits.
///
/// Threads block in `next`; `add`, `remove` and `close` never do.
final class JobQueue<Job>: @unchecked Sendable {   // all of it is reached under the mutex
    enum Added { case waiting, full, closed }

    private var waiting: [(id: UInt64, job: Job?)] = []
    private var head = 0
    private var count: Int { waiting.count - head }
    private var isClosed = false
    private let limit: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>

    init(limit: Int) {
        self.limit = limit
        mutex = .allocate(capacity: 1)
        arrival = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrival, nil)
    }

    deinit {
        pthread_cond_destroy(arrival)
        pthread_mutex_destroy(mutex)
        arrival.deallocate()
        mutex.deallocate()
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// `id` must be larger than every one before it.
    func add(_ job: Job, id: UInt64) -> Added {
        locked {
            guard !isClosed else { return .closed }
            guard count < limit else { return .full }
            waiting.append((id, job))
            pthread_cond_signal(arrival)
            return .waiting
        }
    }

    /// Takes a job back that no thread has begun; nil when one has, or when it never waited.
    func remove(id: UInt64) -> Job? {
        locked {
            var (low, high) = (head, waiting.count)
            while low < high {
                let middle = (low + high) / 2
                if waiting[middle].id < id { low = middle + 1 } else { high = middle }
            }
            return low < waiting.count && waiting[low].id == id ? waiting.remove(at: low).job : nil
        }
    }

    /// The next job, as soon as there is one; nil when the queue is closed and empty.
    func next() -> Job? {
        locked {
            while count == 0 {
                if isClosed { return nil }
                pthread_cond_wait(arrival, mutex)
            }
            let job = waiting[head].job
            waiting[head].job = nil
            head += 1
            dropDone()
            return job
        }
    }

    /// Under load the queue is never empty: what is done must not wait for that to be let go.
    private func dropDone() {
        guard head >= 64 || head == waiting.count else { return }
        waiting.removeFirst(head)
        head = 0
    }

    /// Nothing is added any more; what waits is still handed out.
    func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(arrival)
        }
    }

    /// How many jobs wait.
    var waitingCount: Int { locked { count } }
}
