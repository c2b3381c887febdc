import Loop

/// Something that happens once, and those who wait for it.
final class OneTimeSignal: Sendable {
    private struct State {
        var isSent = false
        var lastID = 0
        var waiting: [Int: UnsafeContinuation<Void, Never>] = [:]
        var cancelled: Set<Int> = []
    }
    private let state = Locked(State())

    /// It has happened; later calls do nothing.
    func send() {
        let waiting = state.withLock { state in
            state.isSent = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when it has happened, or the task is cancelled.
    func wait() async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isSent || state.cancelled.contains(id) { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                state.cancelled.insert(id)
                return state.waiting.removeValue(forKey: id)
            }
            continuation?.resume()
        }
        _ = state.withLock { $0.cancelled.remove(id) }
    }
}

/// Returns when the task is cancelled: the body of a service that only holds something open.
public func untilCancelled() async { await OneTimeSignal().wait() }
