internal import Loop

/// Wakes those who wait, or the next one who comes to wait. Many nudges before it looks are one.
public final class Nudge: Sendable {
    private struct State {
        var isPending = false
        var lastID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Locked(State())

    public init() {}

    /// Something happened.
    public func callAsFunction() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            state.isPending = state.waiters.isEmpty
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns at a nudge, after so many milliseconds, or when the task is cancelled.
    public func wait(milliseconds: Int) async {
        await withTaskGroup(of: Void.self) { group in
            // The poll that finds what another process has committed, of which no nudge comes here.
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            group.addTask { await self.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    if state.isPending || Task.isCancelled {
                        // A nudge that nobody has seen stays for the next wait.
                        if !Task.isCancelled { state.isPending = false }
                        return true
                    }
                    state.waiters[id] = continuation
                    return false
                }
                if isNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
