extension Loop {
    /// Waits on this loop without holding it. Throws `CancellationError` as soon as the task is cancelled or the loop ends.
    public func sleep(milliseconds: UInt64) async throws(CancellationError) {
        preconditionCurrent()
        let sleeper = Sleeper(on: self)
        let isOver = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in sleeper.start(milliseconds, continuation) }
        } onCancel: {
            sleeper.cancel()
        }
        if !isOver { throw CancellationError() }
    }
}

/// One sleep. Cancelling comes from any thread, all else happens on the loop.
private final class Sleeper: @unchecked Sendable {   // touched on the loop's thread only, but for the flag
    private let loop: Loop
    private let isCancelled = Locked(false)
    private var timer: Repeat?
    private var continuation: UnsafeContinuation<Bool, Never>?

    init(on loop: Loop) { self.loop = loop }

    func start(_ milliseconds: UInt64, _ continuation: UnsafeContinuation<Bool, Never>) {
        if loop.isEnding || isCancelled.withLock({ $0 }) { return continuation.resume(returning: false) }
        self.continuation = continuation
        timer = Repeat(everyMilliseconds: milliseconds, once: true, on: loop, ended: { [self] in finish(false) }, { [self] in finish(true) })
    }

    func cancel() {
        isCancelled.withLock { $0 = true }
        if loop.isCurrent { finish(false) } else { Task(executorPreference: loop) { [self] in finish(false) } }
    }

    private func finish(_ isOver: Bool) {
        guard loop.isCurrent, let continuation else { return }
        self.continuation = nil
        timer?.cancel()
        timer = nil
        continuation.resume(returning: isOver)
    }
}
