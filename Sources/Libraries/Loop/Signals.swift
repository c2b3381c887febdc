import Glibc

/// The signals that ask this process to end, awaited in place of handled.
///
/// `block` must be the first thing that `main` does: a thread that was started before it would still be killed by them.
public enum Signals {
    /// What was asked.
    public enum Signal: Sendable, Equatable, CaseIterable {
        /// SIGTERM: what a supervisor sends.
        case terminate
        /// SIGINT: Ctrl-C.
        case interrupt

        /// The number that the system knows it by.
        public var number: CInt { self == .terminate ? SIGTERM : SIGINT }
    }

    private struct State {
        var listener: Thread?
        var pending: [Signal] = []
        var lastID = 0
        var waiters: [(id: Int, continuation: UnsafeContinuation<Signal?, Never>)] = []
        var cancelled: Set<Int> = []
    }
    private static let state = Locked(State())

    /// Keeps the signals for `next`, in this thread and in those that it starts. Child processes start without the block.
    public static func block() {
        var set = signalSet
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The next signal. One that came while nobody waited is kept; several of them go to several calls. Throws `CancellationError`.
    public static func next() async throws(CancellationError) -> Signal {
        listen()
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let signal = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in wait(id, continuation) }
        } onCancel: {
            cancel(id)
        }
        _ = state.withLock { $0.cancelled.remove(id) }
        guard let signal else { throw CancellationError() }
        return signal
    }

    private static var signalSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in Signal.allCases { sigaddset(&set, signal.number) }
        return set
    }

    private static func wait(_ id: Int, _ continuation: UnsafeContinuation<Signal?, Never>) {
        let answer: Signal?? = state.withLock { state in
            if state.cancelled.contains(id) { return .some(nil) }
            if !state.pending.isEmpty { return .some(state.pending.removeFirst()) }
            state.waiters.append((id, continuation))
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private static func cancel(_ id: Int) {
        let continuation: UnsafeContinuation<Signal?, Never>? = state.withLock { state in
            state.cancelled.insert(id)
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index).continuation
        }
        continuation?.resume(returning: nil)
    }

    private static func deliver(_ signal: Signal) {
        let continuation: UnsafeContinuation<Signal?, Never>? = state.withLock { state in
            if !state.waiters.isEmpty { return state.waiters.removeFirst().continuation }
            if state.pending.count < 16 { state.pending.append(signal) }
            return nil
        }
        continuation?.resume(returning: signal)
    }

    /// One thread waits for signals as long as the process lives.
    private static func listen() {
        block()
        state.withLock { state in
            if state.listener == nil { state.listener = startListener() }
        }
    }

    private static func startListener() -> Thread {
        let thread = Thread("signals") {
            var set = signalSet
            var number: CInt = 0
            while true {
                guard sigwait(&set, &number) == 0 else { continue }
                if let signal = Signal.allCases.first(where: { $0.number == number }) { deliver(signal) }
            }
        }
        thread.detach()
        return thread
    }

    /// The thread that waits for signals, once somebody has asked for one.
    static var listener: Thread? { state.withLock { $0.listener } }
}
