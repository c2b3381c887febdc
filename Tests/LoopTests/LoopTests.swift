import Glibc
import Loop
import Testing
import TestKit

@Suite("Loop")
struct LoopTests {
    @Test("a task that prefers the loop runs on its thread, before and after it waited")
    func runsOnItsThread() async throws {
        try await onLoop { loop in
            #expect(loop.isCurrent && Loop.current === loop)
            await Task.yield()
            #expect(loop.isCurrent)
            try await loop.sleep(milliseconds: 1)
            #expect(loop.isCurrent)
            let elsewhere = Workers<Void>(threads: 1) {}
            #expect(try await elsewhere.run { _ in Loop.current == nil })
            #expect(loop.isCurrent)
            await elsewhere.stop()
        }
    }

    @Test("elsewhere there is no current loop")
    func noCurrentLoop() async {
        #expect(Loop.current == nil)
    }

    @Test("jobs from many threads all run")
    func manyThreads() async throws {
        try await onLoop { loop in
            let sum = Locked(0)
            let crowd = Workers<Void>(threads: 4) {}
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...500 {
                    group.addTask(executorPreference: loop) {
                        try await crowd.run { _ in }
                        loop.preconditionCurrent()
                        sum.withLock { $0 += number }
                    }
                }
                try await group.waitForAll()
            }
            #expect(sum.withLock { $0 } == 125_250)
            await crowd.stop()
        }
    }

    @Test("afterJobs runs once what is ready has run")
    func afterJobs() async throws {
        let order = Record<String>()
        try await onLoop { loop in
            let done = Gate()
            Task(executorPreference: loop) {
                loop.afterJobs {
                    order.add("after")
                    done.open()
                }
                order.add("first")
            }
            Task(executorPreference: loop) { order.add("second") }
            await done.wait()
        }
        #expect(order.all == ["first", "second", "after"])
    }

    @Test("a sleep takes at least its time, shorter ones end first")
    func sleeps() async throws {
        let order = Record<Int>()
        try await onLoop { loop in
            let start = loop.now
            await withTaskGroup(of: Void.self) { group in
                for milliseconds in [60, 20, 40] {
                    group.addTask(executorPreference: loop) {
                        try? await loop.sleep(milliseconds: UInt64(milliseconds))
                        order.add(milliseconds)
                    }
                }
            }
            #expect(loop.now - start >= 59)
        }
        #expect(order.all == [20, 40, 60])
    }

    @Test("a sleep is counted from its call, however long the turn of the loop has been")
    func sleepAfterWork() async throws {
        try await onLoop { loop in
            usleep(30_000)   // the loop's clock stands still meanwhile
            let start = ContinuousClock.now
            try await loop.sleep(milliseconds: 20)
            #expect(ContinuousClock.now - start >= .milliseconds(19))
        }
    }

    @Test("a cancelled sleep ends at once")
    func cancelledSleep() async throws {
        try await onLoop { loop in
            let begun = Gate()
            let sleeper = Task(executorPreference: loop) {
                begun.open()
                try await loop.sleep(milliseconds: 3_600_000)
            }
            await begun.wait()
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            let late = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                try await loop.sleep(milliseconds: 3_600_000)
            }
            await #expect(throws: CancellationError.self) { try await late.value }
        }
    }

    @Test("a sleep that is cancelled from other threads at any moment ends, one way or the other")
    func cancelRaces() async throws {
        try await onLoop { loop in
            for round in 0..<200 {
                let sleeper = Task(executorPreference: loop) { try await loop.sleep(milliseconds: UInt64(round % 2)) }
                Task.detached { sleeper.cancel() }
                _ = await sleeper.result
            }
        }
    }

    @Test("a repeat comes again until it is cancelled")
    func repeats() async throws {
        let count = Locked(0)
        try await onLoop { loop in
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                var timer: Repeat?
                timer = Repeat(everyMilliseconds: 1, on: loop) {
                    guard count.withLock({ count in count += 1; return count }) == 3 else { return }
                    timer?.cancel()
                    timer?.cancel()
                    continuation.resume()
                }
            }
            try await loop.sleep(milliseconds: 10)
        }
        #expect(count.withLock { $0 } == 3)
    }
}

@Suite("The end of a loop")
struct LoopEndTests {
    @Test("a loop that is stopped runs what it was given, ends sleeps, and its thread ends")
    func stops() async {
        let loop = Loop(name: "ending")
        let begun = Gate()
        let sleeper = Task(executorPreference: loop) {
            begun.open()
            try await loop.sleep(milliseconds: 3_600_000)
        }
        await begun.wait()
        let jobs = Locked(0)
        for _ in 0..<100 { Task(executorPreference: loop) { jobs.withLock { $0 += 1 } } }
        await ended(loop)
        #expect(jobs.withLock { $0 } == 100)
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test("a job that comes after the end runs all the same")
    func lateJobs() async {
        let loop = Loop(name: "ended")
        await ended(loop)
        let isOnLoop = await Task(executorPreference: loop) { loop.isCurrent }.value
        #expect(!isOnLoop)
    }

    @Test("watches and repeats of an ended loop are let go")
    func nothingLeaks() async throws {
        weak let lost = try await endedLoopWithHandles()
        #expect(lost == nil)
    }

    private final class Kept: Sendable {}

    private func endedLoopWithHandles() async throws -> Kept? {
        let kept = Kept()
        let loop = Loop(name: "full")
        var ends: [CInt] = [0, 0]
        #expect(localPipe(&ends) == 0)
        let reading = ends[0]
        await Task(executorPreference: loop) {
            _ = Watch(reading, for: .read, on: loop) { _ in _ = kept }
            _ = Repeat(everyMilliseconds: 1_000_000, on: loop) { _ = kept }
        }.value
        await ended(loop)
        for end in ends { close(end) }
        return kept
    }

    @Test("a timer and a watch that were cancelled let go of what their bodies hold, also of themselves")
    func letGo() async throws {
        var ends: [CInt] = [0, 0]
        try #require(localPipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let loop = Loop(name: "letting go")
        let reading = ends[0]
        let isGone = await Task(executorPreference: loop) {
            weak var seen: Kept?
            do {
                let kept = Kept()
                seen = kept
                var (timer, watch): (Repeat?, Watch?) = (nil, nil)
                timer = Repeat(everyMilliseconds: 1_000_000, on: loop) { _ = (kept, timer) }
                watch = Watch(reading, for: .read, on: loop) { _ in _ = (kept, watch) }
                timer?.cancel()
                watch?.cancel()
            }
            return seen == nil
        }.value
        #expect(isGone)
        await ended(loop)
    }

    @Test("hundreds of loops come and go without a descriptor left")
    func manyLoops() async {
        let before = openDescriptors()
        for _ in 0..<300 { await ended(Loop(name: "brief")) }
        #expect(await eventually { openDescriptors() < before + 100 })   // other tests run beside this one; a loop has three
    }

    private func openDescriptors() -> Int {
        (0..<1024).count { fcntl(CInt($0), F_GETFD) >= 0 }
    }
}
