internal import CUV

/// Readiness of a file descriptor that somebody else owns, reported on the loop's thread until `cancel`.
public final class Watch {
    /// What to wait for, and what has come.
    public struct Interest: OptionSet, Sendable {
        /// The bits of libuv's `uv_poll_event`.
        public let rawValue: Int32
        /// From libuv's bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }
        /// There is something to read, or the other side has closed.
        public static let read = Interest(rawValue: 1)
        /// Writing would not block.
        public static let write = Interest(rawValue: 2)
    }

    private let loop: Loop
    private let handle: UVHandle
    /// Let go of with the handle: a body may hold what holds this.
    private var body: ((Interest) -> Void)?

    /// Calls `body` with what is ready for as long as it is ready; an error on the descriptor is reported as both.
    ///
    /// The descriptor must stay open until `cancel` has returned, and only one `Watch` of a loop may have it.
    public init(_ descriptor: CInt, for interest: Interest, on loop: Loop, _ body: @escaping (Interest) -> Void) {
        loop.preconditionCurrent()
        self.loop = loop
        self.body = body
        handle = UVHandle(size: MemoryLayout<uv_poll_t>.size)
        let failure = uv_poll_init(loop.uv, handle.pointer.assumingMemoryBound(to: uv_poll_t.self), descriptor)
        precondition(failure == 0, "descriptor \(descriptor) cannot be watched: \(String(cString: uv_strerror(failure)))")
        handle.adopt(by: self)
        change(to: interest)
    }

    /// Waits for something else from now on; nothing at all for `[]`.
    public func change(to interest: Interest) {
        loop.preconditionCurrent()
        guard !handle.isClosed else { return }
        let poll = handle.pointer.assumingMemoryBound(to: uv_poll_t.self)
        if interest.isEmpty {
            uv_poll_stop(poll)
            return
        }
        uv_poll_start(poll, interest.rawValue) { poll, status, events in
            UVHandle.owner(of: poll?.pointee.data, as: Watch.self)?.body?(status < 0 ? [.read, .write] : Interest(rawValue: events))
        }
    }

    /// The end of it: `body` is not called again. A second call does nothing.
    public func cancel() {
        loop.preconditionCurrent()
        handle.close()
        body = nil
    }
}

extension Watch: HandleOwner {
    func loopEnds() { cancel() }
}
