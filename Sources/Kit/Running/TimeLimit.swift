public import Loop

/// The time for something was over before it was.
public struct TimeLimitError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The limit.
    public let milliseconds: Int
    /// For logs and health reports.
    public var description: String { "no answer within \(milliseconds) ms" }
}

/// Runs `body` for at most `milliseconds`, then cancels it and throws `TimeLimitError` without waiting for it: it may be stuck.
public func withTimeLimit<R: Sendable>(
    milliseconds: Int, on loop: Loop, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    let race = Race<R>()
    let work = Task(executorPreference: loop) {
        do { race.end(.success(try await body())) } catch { race.end(.failure(error)) }
    }
    let timer = Task(executorPreference: loop) {
        try await loop.sleep(milliseconds: UInt64(max(0, milliseconds)))
        race.end(.failure(TimeLimitError(milliseconds: milliseconds)))
    }
    defer {
        work.cancel()
        timer.cancel()
    }
    return try await withTaskCancellationHandler {
        try await race.first()
    } onCancel: {
        race.end(.failure(CancellationError()))
    }
}

/// The first result counts.
private final class Race<R: Sendable>: Sendable {
    private struct State {
        var result: Result<R, any Error>?
        var continuation: UnsafeContinuation<R, any Error>?
    }
    private let state = Locked(State())

    func end(_ result: Result<R, any Error>) {
        let waiting: UnsafeContinuation<R, any Error>? = state.withLock { state in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.continuation = nil }
            return state.continuation
        }
        waiting?.resume(with: result)
    }

    func first() async throws -> R {
        try await withUnsafeThrowingContinuation { continuation in
            let result: Result<R, any Error>? = state.withLock { state in
                if state.result == nil { state.continuation = continuation }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
