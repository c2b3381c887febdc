import Loop

/// The events of one stream: the next one is made by a task of its own, so that a silence can be broken while it is waited for.
final class EventFeed: Sendable {
    private enum Turn: Sendable {
        case event(ServerSentEvent)
        case silence
        case end
        case failure(any Error)
    }
    private struct State {
        var isMaking = false
        /// Made when nobody waited.
        var made: ServerSentEvent?
        var ending: Turn?
        var waiter: UnsafeContinuation<Turn, Never>?

        mutating func takeWaiter() -> UnsafeContinuation<Turn, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// What the tasks hold. Not the feed, whose end ends them.
    private let state = Locked(State())
    private let maker = Locked<Task<Void, Never>?>(nil)
    private let drainWatch: Task<Void, Never>
    private let loop: Loop
    private let silence: UInt64
    private let next: @Sendable () async throws -> ServerSentEvent?

    init(on loop: Loop, silenceMilliseconds: UInt64, state runState: RunState, _ next: @escaping @Sendable () async throws -> ServerSentEvent?) {
        self.loop = loop
        silence = max(1, silenceMilliseconds)
        self.next = next
        drainWatch = Task(executorPreference: loop) { [state] in
            await runState.untilDraining()
            if !Task.isCancelled { Self.end(.end, state) }
        }
    }

    deinit {
        drainWatch.cancel()
        maker.withLock { $0 }?.cancel()
    }

    /// An event as bytes, a comment after a silence, or nil at the end. One caller at a time.
    func piece() async throws -> [UInt8]? {
        makeNext()
        let timer = Task(executorPreference: loop) { [state, loop, silence] in
            guard (try? await loop.sleep(milliseconds: silence)) != nil else { return }
            state.withLock { $0.takeWaiter() }?.resume(returning: .silence)
        }
        defer { timer.cancel() }
        switch await turn() {
        case .event(let event): return event.bytes
        case .silence: return Array(":\n\n".utf8)
        case .end: return nil
        case .failure(let error): throw error
        }
    }

    /// Asks for the next event unless it is being made, waits here already, or will never come.
    private func makeNext() {
        let isWanted = state.withLock { state in
            guard !state.isMaking, state.made == nil, state.ending == nil else { return false }
            state.isMaking = true
            return true
        }
        guard isWanted else { return }
        let task = Task(executorPreference: loop) { [state, next] in
            do {
                guard let event = try await next() else { return Self.end(.end, state) }
                Self.give(event, state)
            } catch {
                Self.end(.failure(error), state)
            }
        }
        maker.withLock { $0 = task }
    }

    private func turn() async -> Turn {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let turn: Turn? = state.withLock { state in
                    if let made = state.made {
                        state.made = nil
                        return .event(made)
                    }
                    if state.ending == nil { state.waiter = continuation }
                    return state.ending
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            Self.end(.failure(CancellationError()), state)
        }
    }

    private static func give(_ event: ServerSentEvent, _ state: Locked<State>) {
        let waiter = state.withLock { state in
            state.isMaking = false
            if state.waiter == nil { state.made = event }
            return state.takeWaiter()
        }
        waiter?.resume(returning: .event(event))
    }

    /// What is made already goes out first; what comes later does not.
    private static func end(_ turn: Turn, _ state: Locked<State>) {
        let waiter = state.withLock { state in
            if state.ending == nil { state.ending = turn }
            return state.takeWaiter()
        }
        waiter?.resume(returning: turn)
    }
}
