internal import Loop

/// The place of a request that has a body, among those that run. It is given up while the client still sends, which costs the service nothing and takes
/// as long as the client likes; to go on it is asked for again.
final class Place: Sendable {
    private enum Held { case held, givenUp, refused }

    private let admission: Admission
    private let loop: Loop
    private let state = Locked(Held.held)

    /// The place that a request of `loop` has got.
    init(_ admission: Admission, on loop: Loop) {
        self.admission = admission
        self.loop = loop
    }

    /// Whether there was none when it was asked for again.
    var isRefused: Bool { state.withLock { $0 == .refused } }

    /// Without the place until `client` has done its part. Throws what it throws, and 503 when there is none to go on with.
    func givenUp<T>(until client: () async throws(Problem) -> T) async throws(Problem) -> T {
        leave()
        let sent = try await client()
        let isHeld = await admission.enter(on: loop)
        state.withLock { $0 = isHeld ? .held : .refused }
        guard isHeld else { throw .overloaded() }
        return sent
    }

    /// The request is answered.
    func leave() {
        let wasHeld = state.withLock { state in
            defer { if state == .held { state = .givenUp } }
            return state == .held
        }
        if wasHeld { admission.leave() }
    }
}
