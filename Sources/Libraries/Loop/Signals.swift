internal import CUV
import Glibc

/// The signals that ask this process to end, awaited by a task.
///
/// Not by a signal mask and `sigwait`: an asynchronous `main` does not run on the main thread, whose mask would stay as it was.
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
        var isListening = false
        var pending: [Signal] = []
        var lastID = 0
        var waiters: [(id: Int, continuation: UnsafeContinuation<Signal?, Never>)] = []
        var cancelled: Set<Int> = []
    }
    private static let state = Locked(State())

    /// From here on the signals do not end the process, but wait for `next`. The first thing that `main` does. Child processes start as if nothing
    /// had been done.
    public static func block() {
        state.withLock { state in
            guard !state.isListening else { return }
            state.isListening = true
            listen()
        }
    }

    /// The next signal. One that came while nobody waited is kept; several of them go to several calls. Throws `CancellationError`.
    public static func next() async throws(CancellationError) -> Signal {
        block()
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

    /// One thread reads from the handlers' pipe as long as the process lives.
    private static func listen() {
        let numbers = Signal.allCases.map(\.number)
        let end = lyceum_signals(numbers, CInt(numbers.count))
        precondition(end >= 0, "signals cannot be received: \(String(cString: strerror(errno)))")
        Thread("signals") {
            var byte: UInt8 = 0
            while true {
                guard read(end, &byte, 1) == 1 else { continue }
                if let signal = Signal.allCases.first(where: { $0.number == CInt(byte) }) { deliver(signal) }
            }
        }.detach()
    }
}
