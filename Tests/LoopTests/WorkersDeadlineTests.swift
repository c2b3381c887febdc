import Glibc
import Loop
import Synchronization
import TestKit
import Testing

/// Threads and the deadline of the task that asks for one.
@Suite("Workers and deadlines")
struct WorkersDeadlineTests {
    /// A thread that is busy until `open`.
    private final class Gate: Sendable {
        private let isOpen = Mutex(false)
        private let begun = Mutex(false)
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

    @Test("a job that still waits at the deadline is taken back and never runs", arguments: [true, false])
    func waiting(onLoop: Bool) async throws {
        let workers = Workers<Void>(threads: 1) {}
        let gate = Gate(), hasRun = Mutex(false)
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
        let left = Gate(), kept = Gate()
        await #expect(throws: WorkersError.late) {
            try await Deadline(milliseconds: 30).during { try await workers.run(mayLeave: true) { _ in left.wait() } }
        }
        let waited = Task { try await Deadline(milliseconds: 30).during { try await workers.run { _ in kept.wait() } } }
        #expect(await eventually { kept.hasBegun })
        // The one that is left behind ends first: the deadline of the other is over by then.
        left.open()
        try await Task.sleep(for: .milliseconds(60))
        kept.open()
        try await waited.value
        await workers.stop()
    }

    @Test("after the deadline no job is taken")
    func over() async throws {
        let workers = Workers<Void>(threads: 1) {}
        let hasRun = Mutex(false)
        await #expect(throws: WorkersError.late) {
            try await Deadline(milliseconds: 0).during { try await workers.run { _ in hasRun.withLock { $0 = true } } }
        }
        try await workers.run { _ in }
        #expect(!hasRun.withLock { $0 })
    }
}
