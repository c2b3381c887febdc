import Glibc
import Loop
import Testing
import TestKit

@Suite("Workers")
struct WorkersTests {
    @Test("each thread makes one handle, and lets it go when it ends")
    func handles() async throws {
        struct Handle: ~Copyable {
            let freed: Record<UInt>
            deinit { freed.add(1) }
        }
        let made = Record<UInt>()
        let freed = Record<UInt>()
        let workers = Workers<Handle>(threads: 3) {
            made.add(UInt(bitPattern: pthread_self().hashValue))
            return Handle(freed: freed)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await workers.run { (_: borrowing Handle) in } } }
            try await group.waitForAll()
        }
        await workers.stop()
        #expect(made.all.count == 3 && Set(made.all).count == 3)
        #expect(freed.all.count == 3)
    }

    @Test("what a job returns or throws comes back to the task, on its loop")
    func results() async throws {
        struct Refused: Error {}
        try await onLoop { loop in
            let workers = Workers<Int>(threads: 1) { 40 }
            let sum = try await workers.run { $0 + 2 }
            #expect(sum == 42)
            await #expect(throws: Refused.self) { try await workers.run { _ in throw Refused() } }
            #expect(loop.isCurrent)
            await workers.stop()
        }
    }

    @Test("jobs run in the order in which they came")
    func order() async throws {
        let (workers, release) = try await busyWorkers(limit: 100)
        let order = Record<Int>()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<20 {
            tasks.append(Task { try await workers.run { _ in order.add(number) } })
            #expect(await eventually { workers.waiting == number + 1 })
        }
        release()
        for task in tasks { try await task.value }
        #expect(order.all == Array(0..<20))
        await workers.stop()
    }

    @Test("a job that finds the queue full is refused at once, the others still run")
    func bounded() async throws {
        let (workers, release) = try await busyWorkers(limit: 2)
        let waiting = (0..<2).map { _ in Task { try await workers.run { _ in } } }
        #expect(await eventually { workers.waiting == 2 })
        await #expect(throws: WorkersError.queueFull) { try await workers.run { _ in } }
        release()
        for task in waiting { try await task.value }
        await workers.stop()
    }

    @Test("a job whose task is cancelled while it waits never runs and makes room")
    func cancelled() async throws {
        let (workers, release) = try await busyWorkers(limit: 2)
        let ran = Record<String>()
        let first = Task { try await workers.run { _ in ran.add("first") } }
        #expect(await eventually { workers.waiting == 1 })
        let second = Task { try await workers.run { _ in ran.add("second") } }
        #expect(await eventually { workers.waiting == 2 })
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(workers.waiting == 1)
        let third = Task { try await workers.run { _ in ran.add("third") } }
        #expect(await eventually { workers.waiting == 2 })
        release()
        try await second.value
        try await third.value
        #expect(ran.all == ["second", "third"])
        await workers.stop()
    }

    @Test("a task that is cancelled already hands nothing in")
    func cancelledBefore() async throws {
        let workers = Workers<Void>(threads: 1) {}
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await workers.run { _ in _ = Issue.record("ran") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        await workers.stop()
    }

    @Test("a task that is cancelled just as it hands its job in does not wait for a thread")
    func cancelledMeanwhile() async throws {
        let (workers, release) = try await busyWorkers(limit: 5000)
        let ended = Locked(0)
        for round in 0..<5000 {
            let isAboutTo = Locked(false)
            let task = Task.detached {
                isAboutTo.withLock { $0 = true }
                try? await workers.run { _ in }
                ended.withLock { $0 += 1 }
            }
            while !isAboutTo.withLock({ $0 }) { await Task.yield() }
            for _ in 0..<round % 100 { _ = ended.withLock { $0 } }   // a little later each time
            task.cancel()
        }
        #expect(await eventually { ended.withLock { $0 } == 5000 })
        release()
        await workers.stop()
    }

    @Test("cancelling at any moment resumes the task once")
    func cancelRaces() async throws {
        let workers = Workers<Void>(threads: 2) {}
        for _ in 0..<500 {
            let task = Task { try await workers.run { _ in } }
            Task.detached { task.cancel() }
            _ = await task.result
        }
        #expect(try await workers.run { _ in true })
        await workers.stop()
    }

    @Test("stop runs what waits and takes nothing more")
    func stops() async throws {
        let (workers, release) = try await busyWorkers(limit: 10)
        let ran = Record<Int>()
        let waiting = (0..<5).map { number in Task { try await workers.run { _ in ran.add(number) } } }
        #expect(await eventually { workers.waiting == 5 })
        let stopping = Task { await workers.stop() }
        release()
        await stopping.value
        for task in waiting { try await task.value }
        #expect(Set(ran.all) == Set(0..<5))
        await #expect(throws: WorkersError.stopped) { try await workers.run { _ in } }
        await workers.stop()
    }

    @Test("threads end when nobody has the workers any more")
    func forgotten() async throws {
        final class Handle: Sendable {
            let isFreed: Locked<Bool>
            init(_ isFreed: Locked<Bool>) { self.isFreed = isFreed }
            deinit { isFreed.withLock { $0 = true } }
        }
        let isFreed = Locked(false)
        do {
            let workers = Workers<Handle>(threads: 1) { Handle(isFreed) }
            #expect(try await workers.run { _ in true })
        }
        #expect(await eventually { isFreed.withLock { $0 } })
    }

    /// One thread that is held by a job until the second part is called.
    private func busyWorkers(limit: Int) async throws -> (Workers<Void>, release: @Sendable () -> Void) {
        let workers = Workers<Void>(threads: 1, waiting: limit) {}
        var ends: [CInt] = [0, 0]
        try #require(localPipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let isHeld = Locked(false)
        Task {
            try await workers.run { _ in
                isHeld.withLock { $0 = true }
                var byte: UInt8 = 0
                _ = read(reading, &byte, 1)
                close(reading)
            }
        }
        try #require(await eventually { isHeld.withLock { $0 } })
        return (workers, { close(writing) })
    }
}
