internal import CUV

/// A timer on the loop's thread. It runs until `cancel`, whether or not anybody keeps it.
public final class Repeat {
    private let loop: Loop
    private let handle: UVHandle
    private let isOnce: Bool
    /// Let go of with the handle: a body may hold what holds this.
    private var body: (() -> Void)?
    private var ended: (() -> Void)?

    /// Calls `body` each `interval` milliseconds from now, or one time after it. A `once` timer cancels itself.
    public convenience init(everyMilliseconds interval: UInt64, once: Bool = false, on loop: Loop, _ body: @escaping () -> Void) {
        self.init(everyMilliseconds: interval, once: once, on: loop, ended: {}, body)
    }

    /// `ended` is called in place of `body` when the loop ends first.
    init(everyMilliseconds interval: UInt64, once: Bool, on loop: Loop, ended: @escaping () -> Void, _ body: @escaping () -> Void) {
        loop.preconditionCurrent()
        self.loop = loop
        self.body = body
        self.ended = ended
        isOnce = once
        handle = UVHandle(size: MemoryLayout<uv_timer_t>.size)
        let timer = handle.pointer.assumingMemoryBound(to: uv_timer_t.self)
        uv_timer_init(loop.uv, timer)
        handle.adopt(by: self)
        uv_update_time(loop.uv)   // counted from now, not from the start of this turn of the loop
        uv_timer_start(timer, { timer in UVHandle.owner(of: timer?.pointee.data, as: Repeat.self)?.fire() }, interval, once ? 0 : max(interval, 1))
    }

    private func fire() {
        let body = body
        if isOnce { cancel() }
        body?()
    }

    /// The end of it: `body` is not called again. A second call does nothing.
    public func cancel() {
        loop.preconditionCurrent()
        handle.close()
        body = nil
        ended = nil
    }
}

extension Repeat: HandleOwner {
    func loopEnds() {
        let ended = ended
        cancel()
        ended?()
    }
}
