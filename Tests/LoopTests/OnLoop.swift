import Loop

/// Runs `body` on a new loop and ends the loop afterwards.
func onLoop<R: Sendable>(_ body: @escaping @Sendable (Loop) async throws -> R) async throws -> R {
    let loop = Loop(name: "test")
    let result = await Task(executorPreference: loop) { try await body(loop) }.result
    await ended(loop)
    return try result.get()
}

/// Stops a loop and waits for its thread without holding the pool's.
func ended(_ loop: Loop) async {
    loop.stop()
    let joiner = Workers<Void>(threads: 1) {}
    try? await joiner.run { _ in loop.join() }
    await joiner.stop()
}

/// Who came first, second, … and what they said.
final class Record<Value: Sendable>: Sendable {
    private let values = Locked<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

/// Suspends the task that asks until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }
    private let state = Locked(State())

    func wait() async {
        await withUnsafeContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
