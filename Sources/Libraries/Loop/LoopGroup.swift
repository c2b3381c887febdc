internal import CUV
import Synchronization

/// The loops of a process, as many as cores. Nothing is shared between them but what says so.
public final class LoopGroup: Sendable {
    /// The loops, in the order in which they were started.
    public let loops: [Loop]
    private let turn = Atomic<Int>(0)

    /// How many processors this process may run on.
    public static var cores: Int { Int(uv_available_parallelism()) }

    /// Starts `count` loops whose threads are named `name-0`, `name-1`, …
    public init(count: Int = LoopGroup.cores, name: String = "loop") {
        precondition(count > 0, "a group has at least one loop")
        loops = (0..<count).map { Loop(name: "\(name)-\($0)") }
    }

    /// The loops one after the other, for what has no loop of its own yet.
    public func next() -> Loop { loops[turn.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count] }

    /// The loop of this thread when it is one of the group.
    public var current: Loop? { Loop.current.flatMap { mine in loops.contains { $0 === mine } ? mine : nil } }

    /// Runs `body` on a loop: on this thread's when it is one of the group, else on the next.
    ///
    /// `body` is `@concurrent`: a closure that stays on its caller's executor (this package's default) would not be moved by a preference.
    @concurrent public func run<R: Sendable>(_ body: @escaping @Sendable @concurrent () async throws -> R) async rethrows -> R {
        if current != nil { return try await body() }
        return try await withTaskExecutorPreference(next()) { try await body() }
    }

    /// Ends the loops and waits, blocking, until their threads have ended. Not on a loop, and not from a task: from `main` or a test's own thread.
    public func stop() {
        for loop in loops { loop.stop() }
        for loop in loops { loop.join() }
    }

    /// Ends the loops and waits for their threads without blocking the task that asks.
    @concurrent public func shutdown() async {
        await withUnsafeContinuation { continuation in
            Thread("loops-end") { [self] in
                stop()
                continuation.resume()
            }.detach()
        }
    }
}
