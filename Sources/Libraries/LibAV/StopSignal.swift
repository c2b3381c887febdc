internal import CLibAV
import Synchronization

/// Ends libav's work from any thread: read by its interrupt callback, and between packets by whoever loops over them.
public final class StopSignal: Sendable {
    private let raised = Atomic(false)

    public init() {}
    public func raise() { raised.store(true, ordering: .relaxed) }
    public var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// Throws the error libav gives when it is interrupted.
    public func check() throws(AVError) {
        if isRaised { throw AVError(code: libav_exit, operation: "stopped") }
    }
}
