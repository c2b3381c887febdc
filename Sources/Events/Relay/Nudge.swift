internal import Loop

/// Wakes the one task that waits, or the next one that comes to wait. Many nudges before it looks are one.
public final class Nudge: Sendable {
    private struct State {
        var isPending = false
        var waiter: CheckedContinuation<Void, Never>?
    }
    private let state = Locked(State())

    public init() {}

    /// Something happened.
    public func callAsFunction() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isPending = state.waiter == nil
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns at a nudge, after so many milliseconds, or when the task is cancelled.
    public func wait(milliseconds: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            group.addTask { await self.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    if state.isPending || Task.isCancelled {
                        // A nudge that nobody has seen stays for the next wait.
                        if !Task.isCancelled { state.isPending = false }
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isNow { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
