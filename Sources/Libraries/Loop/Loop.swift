internal import CUV
import Glibc

/// One thread that runs a libuv loop and the Swift jobs of every task that prefers it.
///
/// A request lives on one loop from its first byte to its last: the HTTP connection, the database connection that answers it and the
/// Swift code between them share the thread, so nothing is locked on the way. Libuv handles are touched on the loop's thread only;
/// `preconditionCurrent` says so.
public final class Loop: TaskExecutor, @unchecked Sendable {   // the inbox is locked, all else belongs to the thread
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var isStopping = false
        var hasEnded = false
    }

    private let inbox = Locked(Inbox())
    private let thread = Locked<Thread?>(nil)
    // The loop's thread only.
    let uv: UnsafeMutablePointer<uv_loop_t>
    private let wake: UnsafeMutablePointer<uv_async_t>
    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var afterwards: [() -> Void] = []
    private var requests: [ObjectIdentifier: any HandleOwner] = [:]
    /// True from the moment the loop closes what is left on it: sleeps end at once.
    private(set) var isEnding = false

    /// Starts the loop's thread. It runs until `stop`.
    public init(name: String = "loop") {
        signal(SIGPIPE, SIG_IGN)   // a peer that has gone is an error of the write, not the end of the process
        uv = .allocate(capacity: 1)
        wake = .allocate(capacity: 1)
        precondition(uv_loop_init(uv) == 0, "no event loop can be made: too few descriptors?")
        precondition(uv_async_init(uv, wake, { _ in }) == 0)
        wake.pointee.data = nil
        let started = Thread(name) { [self] in run() }
        thread.withLock { $0 = started }
    }

    // MARK: - Who is on which thread

    /// The loop whose thread this is.
    public static var current: Loop? { pthread_getspecific(key).map { Unmanaged<Loop>.fromOpaque($0).takeUnretainedValue() } }
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0)
        return key
    }()

    /// Whether this is the loop's thread.
    public var isCurrent: Bool { pthread_getspecific(Loop.key) == Unmanaged.passUnretained(self).toOpaque() }
    /// Traps on any other thread than the loop's.
    public func preconditionCurrent() { precondition(isCurrent, "not on this loop's thread") }

    // MARK: - Jobs

    /// Takes a job of a task that prefers this loop; from any thread. A job that comes after the loop's end runs on the default executor.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { ready.append(job); return }
        let isTaken = inbox.withLock { inbox in
            guard !inbox.hasEnded else { return false }
            inbox.jobs.append(job)
            if inbox.jobs.count == 1 { uv_async_send(wake) }
            return true
        }
        if !isTaken { globalConcurrentExecutor.enqueue(job) }
    }

    /// Runs `body` on this thread once the jobs that are ready now have run, so that what many jobs ask for is done in one go.
    public func afterJobs(_ body: @escaping () -> Void) {
        preconditionCurrent()
        afterwards.append(body)
    }

    /// Milliseconds of a clock that never goes back, as of this turn of the loop.
    public var now: UInt64 { uv_now(uv) }

    /// Tells the owner of a libuv request, which `uv_walk` does not visit, when the loop ends.
    func keep(_ owner: any HandleOwner) { requests[ObjectIdentifier(owner)] = owner }
    func drop(_ owner: any HandleOwner) { requests[ObjectIdentifier(owner)] = nil }

    // MARK: - The end

    /// Asks the loop to end: it runs what it was given, ends every sleep and every look-up of a name, closes every `Watch` and `Repeat`, kills its child processes, and its
    /// thread ends. From any thread; returns at once.
    public func stop() {
        inbox.withLock { inbox in
            guard !inbox.isStopping else { return }
            inbox.isStopping = true
            if !inbox.hasEnded { uv_async_send(wake) }
        }
    }

    /// Waits, blocking, until the thread has ended. Not on the loop itself, and not on the cooperative pool.
    public func join() {
        precondition(!isCurrent, "a loop cannot wait for its own end")
        let mine = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        mine?.join()
    }

    deinit { thread.withLock { $0?.detach() } }

    private func run() {
        pthread_setspecific(Loop.key, Unmanaged.passUnretained(self).toOpaque())
        while !runReady() {
            _ = uv_run(uv, isIdle ? UV_RUN_ONCE : UV_RUN_NOWAIT)
        }
        end()
        pthread_setspecific(Loop.key, nil)
        // What came too late, from other threads or while the last handles closed, runs elsewhere.
        for job in ready { globalConcurrentExecutor.enqueue(job) }
        ready = []
    }

    private var isIdle: Bool { ready.isEmpty && afterwards.isEmpty }

    /// Runs what is ready, some rounds of it at most so that sockets do not starve. True when the loop was told to stop.
    private func runReady() -> Bool {
        for _ in 0..<8 {
            let isStopping = inbox.withLock { inbox in
                ready.append(contentsOf: inbox.jobs)
                inbox.jobs.removeAll(keepingCapacity: true)
                return inbox.isStopping
            }
            if isIdle { return isStopping }
            swap(&ready, &running)
            let executor = asUnownedTaskExecutor()
            for job in running { job.runSynchronously(on: executor) }
            running.removeAll(keepingCapacity: true)
            let bodies = afterwards
            afterwards.removeAll(keepingCapacity: true)
            for body in bodies { body() }
            if isStopping { return true }
        }
        return false
    }

    /// Two seconds are given to what is left: tasks run on, handles close, children die.
    private func end() {
        isEnding = true
        uv_update_time(uv)
        uv_unref(wakeHandle)
        let until = now + 2000
        while now < until {
            _ = runReady()
            endHandles()
            let isAlive = uv_run(uv, UV_RUN_NOWAIT) != 0
            let isDone = inbox.withLock { inbox in
                if !isAlive && isIdle && inbox.jobs.isEmpty { inbox.hasEnded = true }
                return inbox.hasEnded
            }
            if isDone { break }
            if isAlive && isIdle { waitForHandles() }
        }
        ready += inbox.withLock { inbox in
            inbox.hasEnded = true
            defer { inbox.jobs = [] }
            return inbox.jobs
        }
        close()
    }

    private var wakeHandle: UnsafeMutablePointer<uv_handle_t> { UnsafeMutableRawPointer(wake).assumingMemoryBound(to: uv_handle_t.self) }

    private func endHandles() {
        for request in requests.values { request.loopEnds() }
        uv_walk(uv, { handle, _ in
            guard let handle, uv_is_closing(handle) == 0, let data = handle.pointee.data else { return }
            Unmanaged<UVHandle>.fromOpaque(data).takeUnretainedValue().owner?.loopEnds()
        }, nil)
    }

    /// Something is still on its way to its end (a child that was killed, a name being looked up): waits for it, 50 ms at most.
    private func waitForHandles() {
        let limit = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
        uv_timer_init(uv, limit)
        limit.pointee.data = nil
        uv_timer_start(limit, { _ in }, 50, 0)
        _ = uv_run(uv, UV_RUN_ONCE)
        uv_close(UnsafeMutableRawPointer(limit).assumingMemoryBound(to: uv_handle_t.self)) { $0?.deallocate() }
        _ = uv_run(uv, UV_RUN_NOWAIT)
    }

    /// What still runs after the grace keeps the loop's memory: it would be written to later.
    private func close() {
        uv_close(wakeHandle, nil)
        _ = uv_run(uv, UV_RUN_NOWAIT)
        if uv_loop_close(uv) == 0 {
            wake.deallocate()
            uv.deallocate()
        }
    }
}
