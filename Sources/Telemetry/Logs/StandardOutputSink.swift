import Glibc

/// Lines to standard output from a thread of its own, so that a full pipe or disk never holds up a request: what does not fit into the queue is
/// dropped, counted, and told of by the next line that gets through.
public final class StandardOutputSink: LogSink, @unchecked Sendable {   // all state is behind the mutex
    public static let shared = StandardOutputSink(descriptor: STDOUT_FILENO)

    private let descriptor: CInt
    private let limit: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [UInt8] = []
    private var dropped = 0
    private var isWriting = false
    /// The thread has nothing to do until it is told.
    private var isResting = false
    /// Lines that come together go out together: of a busy process's lines each would otherwise wake the thread.
    private static let gatheringMicroseconds: UInt32 = 2000

    /// At most `limit` bytes wait. The thread lives as long as the process.
    public init(descriptor: CInt, limit: Int = 4 << 20) {
        self.descriptor = descriptor
        self.limit = limit
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(change, nil)
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, { raw in
            guard let raw else { return nil }
            Unmanaged<StandardOutputSink>.fromOpaque(raw).takeRetainedValue().run()
            return nil
        }, Unmanaged.passRetained(self).toOpaque())
        precondition(failure == 0, "no thread for the log")
        pthread_detach(thread)
    }

    public func write(_ line: [UInt8]) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard waiting.count + line.count < limit else { dropped += 1; return }
        if dropped > 0 {
            waiting.append(contentsOf: "{\"level\":\"warning\",\"message\":\"log lines were dropped\",\"count\":\(dropped)}\n".utf8)
            dropped = 0
        }
        waiting.append(contentsOf: line)
        waiting.append(0x0A)
        if isResting {
            isResting = false
            pthread_cond_signal(change)
        }
    }

    /// Waits until all that was written so far is out, `milliseconds` at most: for the last moment of a process.
    public func flush(milliseconds: Int = 1000) {
        for _ in 0..<max(milliseconds / 5, 1) {
            pthread_mutex_lock(mutex)
            let isDone = waiting.isEmpty && !isWriting
            pthread_mutex_unlock(mutex)
            if isDone { return }
            usleep(5000)
        }
    }

    private func run() {
        var out: [UInt8] = []
        while true {
            pthread_mutex_lock(mutex)
            isWriting = false
            if waiting.isEmpty {
                while waiting.isEmpty {
                    isResting = true
                    pthread_cond_wait(change, mutex)
                }
                isResting = false
            }
            pthread_mutex_unlock(mutex)
            usleep(Self.gatheringMicroseconds)
            pthread_mutex_lock(mutex)
            swap(&out, &waiting)
            isWriting = true
            pthread_mutex_unlock(mutex)
            writeAll(out)
            out.removeAll(keepingCapacity: out.capacity < 1 << 18)
        }
    }

    private func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, base + done, bytes.count - done)
                if count > 0 { done += count } else if errno == EAGAIN { awaitWritable() } else if errno != EINTR { return }
            }
        }
    }

    private func awaitWritable() {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = Glibc.poll(&poll, 1, 1000)
    }
}
