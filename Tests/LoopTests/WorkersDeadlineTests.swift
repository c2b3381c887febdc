import Glibc
import Loop
import TestKit
import Testing

/// Threads and the deadline of the task that asks for one.
@Suite("Workers and deadlines")
struct WorkersDeadlineTests {
    /// A thread that is busy until `open`.
    private final class Gate: Sendable {
        private let isOpen = Locked(false)
        private let begun = Locked(false)
        var hasBegun: Bool { begun.withLock { $0 } }
        func open() { isOpen.withLock { $0 = true } }
        func wait() {
            begun.withLock { $0 = true }
            while !isOpen.withLock({ $0 }) { usleep(1000) }
        }
    }

    private func occupied(_ workers: Workers<Void>, _ gate: Gate) async throws -> Task<Void, any Error> {
        let task = Task { try await workers.run { _ in gate.wait() } }
        #expect(await eventually { gate.hasBegun })
        return task
    }

    /// A job that a thread has begun before its deadline: a later one where the machine was too slow for the first.
    private func begun(_ workers: Workers<Void>, mayLeave: Bool) async throws -> (task: Task<Void, any Error>, gate: Gate, deadline: Deadline) {
        for limit in [30, 300, 3000, 30_000] {
            let gate = Gate(), deadline = Deadline(milliseconds: limit)
            let task = Task { try await deadline.during { try await workers.run(mayLeave: mayLeave) { _ in gate.wait() } } }
            if await eventually({ gate.hasBegun || deadline.isOver }), gate.hasBegun { return (task, gate, deadline) }
            gate.open()
            _ = await task.result
        }
        throw WorkersError.late
    }

    @Test("a job that still waits at the deadline is taken back and never runs", arguments: [true, false])
    func waiting(onLoop: Bool) async throws {
        let workers = Workers<Void>(threads: 1) {}
        let gate = Gate(), hasRun = Locked(false)
        let busy = try await occupied(workers, gate)
        let ask: @Sendable () async throws -> Void = {
            try await Deadline(milliseconds: 30).during { try await workers.run { _ in hasRun.withLock { $0 = true } } }
        }
        await #expect(throws: WorkersError.late) { if onLoop { try await LoopGroup(count: 1).run(ask) } else { try await ask() } }
        #expect(workers.waiting == 0)
        gate.open()
        try await busy.value
        try await workers.run { _ in }
        #expect(!hasRun.withLock { $0 })
    }

    @Test("a job that runs at the deadline is left to itself where it may be, and waited for where not")
    func running() async throws {
        let workers = Workers<Void>(threads: 2) {}
        let left = try await begun(workers, mayLeave: true)
        await #expect(throws: WorkersError.late) { try await left.task.value }
        let kept = try await begun(workers, mayLeave: false)
        // The one that is left behind ends first: the deadline of the other is over by then.
        left.gate.open()
        #expect(await eventually { kept.deadline.isOver })
        try await Task.sleep(for: .milliseconds(30))
        kept.gate.open()
        try await kept.task.value
        await workers.stop()
    }

    @Test("after the deadline no job is taken")
    func over() async throws {
        let workers = Workers<Void>(threads: 1) {}
        let hasRun = Locked(false)
        await #expect(throws: WorkersError.late) {
            try await Deadline(milliseconds: 0).during { try await workers.run { _ in hasRun.withLock { $0 = true } } }
        }
        try await workers.run { _ in }
        #expect(!hasRun.withLock { $0 })
    }
}
