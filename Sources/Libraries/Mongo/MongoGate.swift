internal import Loop

/// Keeps callers from queueing up behind a server that is not there.
///
/// Once a search for a server has failed in all of its time, one operation at a time goes on looking; the others get that error at once.
/// The first that succeeds opens the gate.
final class MongoGate: Sendable {
    private struct State {
        var failure: MongoError?
        var isProbing = false
    }
    private let state = Locked(State())

    /// What an operation may do.
    enum Pass: Equatable { case open, probe, refused(MongoError) }

    /// Asked before an operation is queued. Who got `probe` must call `endProbe`.
    func enter() -> Pass {
        state.withLock { state in
            guard let failure = state.failure else { return .open }
            guard !state.isProbing else { return .refused(failure) }
            state.isProbing = true
            return .probe
        }
    }

    /// Why an operation that has waited should not begin any more; a probe always may.
    var failure: MongoError? { state.withLock { $0.failure } }

    func opened() { state.withLock { $0.failure = nil } }
    func failed(_ error: MongoError) { state.withLock { $0.failure = error } }
    func endProbe() { state.withLock { $0.isProbing = false } }
}
