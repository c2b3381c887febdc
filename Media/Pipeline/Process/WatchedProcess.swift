import Glibc
import Loop

/// One confined process from its start to its end: its messages heard, its time measured, its end explained.
struct WatchedProcess {
    let program: String
    let arguments: [String]
    let order: ConfinedOrder
    let progress: @Sendable (Int) -> Void

    /// On a loop. Throws `MediaFailure`, or `CancellationError` when the task was cancelled; the process has ended either way.
    func run() async throws -> Conversation {
        let conversation = Locked(Conversation())
        var child = ChildProcess(program, arguments)
        child.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
        child.input = .bytes(order.bytes)
        child.output = .pieces { [progress] bytes in
            for percent in conversation.withLock({ $0.hear(bytes) }) { progress(percent) }
        }
        child.isGroupLeader = true
        child.graceMilliseconds = 500
        let end = try await end(of: child)
        try Task.checkCancellation()
        let heard = conversation.withLock { $0 }
        try explain(end, heard)
        return heard
    }

    private enum End: Sendable {
        case itself(ChildProcess.Exit)
        case watchdog
    }

    /// Whichever is first: its own end, or the watchdog's.
    private func end(of child: ChildProcess) async throws -> End {
        guard let loop = Loop.current else { preconditionFailure("media processes are started on a loop") }
        let milliseconds = UInt64(order.limits.wallSeconds) * 1000
        return try await withThrowingTaskGroup(of: End.self) { group in
            group.addTask(executorPreference: loop) {
                do { return .itself(try await child.run(on: loop).exit) } catch let error as ChildProcess.SpawnError {
                    throw MediaFailure(.process, error.description)
                }
            }
            group.addTask(executorPreference: loop) {
                // The wall clock: a child that waits uses no processor time, which is what its own limits count.
                try await loop.sleep(milliseconds: milliseconds)
                return .watchdog
            }
            // The other is cancelled, and waited for: a child that is told to stop has ended when the group has.
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func explain(_ end: End, _ heard: Conversation) throws {
        switch end {
        case .watchdog: throw MediaFailure(.timedOut, "no answer within \(order.limits.wallSeconds) s")
        case .itself(.signal(SIGXCPU)): throw MediaFailure(.cpuLimit, "more than \(order.limits.cpuSeconds) s of CPU")
        case .itself(.signal(SIGXFSZ)): throw MediaFailure(.fileTooLarge, "a file of more than \(order.limits.fileBytes) bytes")
        case .itself(.signal(let signal)): throw MediaFailure(signal == SIGKILL ? .process : .crashed, "ended by signal \(signal)")
        case .itself(.code(let code)):
            if let failure = heard.failure { throw failure }
            if heard.isBroken { throw MediaFailure(.process, "it said what is no message") }
            guard code == 0, heard.confinement != nil else { throw MediaFailure(.process, "ended with status \(code)") }
        }
    }
}
