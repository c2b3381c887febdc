/// Why a job was not taken by `Workers`.
public enum WorkersError: Error, Sendable, Equatable {
    /// As many jobs wait as may: try again later, or answer that the service is busy.
    case queueFull
    /// The threads were told to stop.
    case stopped
    /// The task's deadline came first: the job was taken back before a thread began it, or left to itself.
    case late
}

/// Threads that block so that loops need not. Each makes its own handle and never lets it go, so a job that runs always has one.
public final class Workers<Handle: ~Copyable>: Sendable {
    private typealias Job = @Sendable (borrowing Handle) -> Void

    private let queue: JobQueue<Job>
    private let threads: Locked<[Thread]>
    private let lastID = Locked<UInt64>(0)

    /// Starts `threads` threads, each with a handle of `makeHandle` made on that thread. At most `limit` jobs wait; the next is refused at once.
    public init(threads: Int, waiting limit: Int = 1024, name: String = "worker", makeHandle: @escaping @Sendable () -> Handle) {
        let queue = JobQueue<Job>(limit: limit)
        self.queue = queue
        let started = (0..<threads).map { index in
            Thread("\(name)-\(index)") {
                let handle = makeHandle()
                while let job = queue.next() { job(handle) }
            }
        }
        self.threads = Locked(started)
    }

    deinit {
        queue.close()
        for thread in threads.withLock({ $0 }) { thread.detach() }
    }

    /// How many jobs wait for a thread.
    public var waiting: Int { queue.waitingCount }

    /// Runs `body` on one of the threads; the task goes on where it was.
    ///
    /// Throws `WorkersError` when the job is not taken, or still waits at the task's deadline, `CancellationError` when the task is cancelled while
    /// the job waits, and what `body` throws. A job that a thread has begun runs to its end whatever becomes of the task; with `mayLeave` the task
    /// does not wait for that beyond its deadline, and throws `late`: for what nobody has to see the end of.
    public func run<R: Sendable>(mayLeave: Bool = false, _ body: @escaping @Sendable (borrowing Handle) throws -> R) async throws -> R {
        let deadline = Deadline.current
        if let deadline, deadline.isOver { throw WorkersError.late }
        let call = Call<R>()
        var alarm: Alarm?
        defer { alarm?.cancel() }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                guard call.begin(continuation) else { return }
                add(call, deadline, body)
                alarm = deadline.map { deadline in
                    Alarm(at: deadline) { [queue] in
                        let wasWaiting = call.id.flatMap { queue.remove(id: $0) } != nil
                        if wasWaiting || mayLeave { call.finish(.failure(WorkersError.late)) }
                    }
                }
            }
        } onCancel: { [queue] in
            if let id = call.cancel(), queue.remove(id: id) != nil { call.finish(.failure(CancellationError())) }
        }
    }

    private func add<R: Sendable>(_ call: Call<R>, _ deadline: Deadline?, _ body: @escaping @Sendable (borrowing Handle) throws -> R) {
        // Numbered and added under one lock: the queue wants its ids in order.
        let (id, added) = lastID.withLock { last in
            last += 1
            call.waits(as: last)
            let added = queue.add({ handle in
                if call.isCancelled { return call.finish(.failure(CancellationError())) }
                // The alarm comes when its loop has time for it.
                if deadline?.isOver == true { return call.finish(.failure(WorkersError.late)) }
                call.finish(Result { try body(handle) })
            }, id: last)
            return (last, added)
        }
        switch added {
        case .waiting:
            // Cancelled before it was in the queue, where `onCancel` did not find it.
            if call.isCancelled, queue.remove(id: id) != nil { call.finish(.failure(CancellationError())) }
        case .full: call.finish(.failure(WorkersError.queueFull))
        case .closed: call.finish(.failure(WorkersError.stopped))
        }
    }

    /// Takes no more jobs, runs those that wait, and returns when the threads have ended and let their handles go.
    public func stop() async {
        queue.close()
        let mine = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        guard !mine.isEmpty else { return }
        let ended = Call<Void>()
        _ = try? await withUnsafeThrowingContinuation { continuation in
            guard ended.begin(continuation) else { return }
            Thread("workers-end") {
                for thread in mine { thread.join() }
                ended.finish(.success(()))
            }.detach()
        }
    }
}

/// One task that waits for one job. It is resumed once.
private final class Call<R: Sendable>: Sendable {
    private struct State {
        var continuation: UnsafeContinuation<R, any Error>?
        var isCancelled = false
        var id: UInt64?
    }
    private let state = Locked(State())

    /// False when the task was cancelled already; it is resumed then.
    func begin(_ continuation: UnsafeContinuation<R, any Error>) -> Bool {
        let isCancelled = state.withLock { state in
            if !state.isCancelled { state.continuation = continuation }
            return state.isCancelled
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        return !isCancelled
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// The job's number, when there is one by now.
    var id: UInt64? { state.withLock { $0.id } }

    func waits(as id: UInt64) { state.withLock { $0.id = id } }

    /// The job to take back, when there is one by now.
    func cancel() -> UInt64? {
        state.withLock { state in
            state.isCancelled = true
            return state.id
        }
    }

    func finish(_ result: Result<R, any Error>) {
        let continuation = state.withLock { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: result)
    }
}
