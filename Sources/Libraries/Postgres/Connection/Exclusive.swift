import Loop

/// One task's turn with a connection outside of pipeline mode: it waits for the socket here.
final class Exclusive {
    private var waiter: UnsafeContinuation<Bool, Never>?
    /// When the task has waited long enough.
    var deadline: UInt64

    init(deadline: UInt64) { self.deadline = deadline }

    /// Waits until the socket has something for us or takes something from us, or the connection is lost. False when the time is over.
    func wait() async -> Bool {
        await withUnsafeContinuation { waiter = $0 }
    }

    func becameReady() {
        waiter?.resume(returning: true)
        waiter = nil
    }

    func checkDeadline(_ now: UInt64) {
        guard deadline <= now else { return }
        waiter?.resume(returning: false)
        waiter = nil
    }
}
