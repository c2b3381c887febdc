import Glibc
import Loop
@testable import MediaPipeline
import Synchronization
import Testing
import TestKit

/// Children that misbehave as libav can: every end is a failure that says what it was.
@Suite struct WatchedProcessTests {
    let loops = LoopGroup(count: 1, name: "test-media")

    private func run(_ script: String) async throws -> Conversation { try await loops.run { try await Self.run(script) } }

    /// On a loop.
    private static func run(_ script: String, wallSeconds: Int = 60) async throws -> Conversation {
        let order = ConfinedOrder(
            work: .probe, file: "/dev/null", folder: nil, parent: Int(getpid()), limits: ConfinementLimits(cpuSeconds: 10, wallSeconds: wallSeconds))
        return try await WatchedProcess(program: "/bin/sh", arguments: ["-c", script], order: order, progress: { _ in }).run()
    }

    @Test("a crash is a crash", arguments: ["kill -SEGV $$", "kill -ILL $$", "kill -ABRT $$"])
    func crash(script: String) async {
        let failure = await #expect(throws: MediaFailure.self) { try await run(script) }
        #expect(failure?.kind == .crashed && failure?.isPermanent == true)
    }

    @Test("limits that the kernel enforces have names of their own")
    func limits() async {
        let cpu = await #expect(throws: MediaFailure.self) { try await run("kill -XCPU $$") }
        #expect(cpu?.kind == .cpuLimit && cpu?.isPermanent == true, "a slower machine counts the same seconds again")
        #expect(await #expect(throws: MediaFailure.self) { try await run("kill -XFSZ $$") }?.kind == .fileTooLarge)
        #expect(await #expect(throws: MediaFailure.self) { try await run("kill -KILL $$") }?.kind == .process)
    }

    @Test("a child that hangs is ended, with what it started, and called too slow")
    func hang() async {
        // Timed on the loop: the threads that tests share may be busy.
        let (failure, seconds) = await loops.run {
            let started = ContinuousClock.now
            let failure = await #expect(throws: MediaFailure.self) { try await Self.run("trap '' TERM; sleep 50 & wait; sleep 50", wallSeconds: 1) }
            return (failure, ContinuousClock.now - started)
        }
        #expect(failure?.kind == .timedOut)
        #expect(seconds < .seconds(30))
    }

    @Test("an end without an answer, a wrong status and junk are no success")
    func silence() async {
        for script in ["exit 0", "exit 3", "echo hello; exit 0", "cat /dev/zero | head -c 300000"] {
            #expect(await #expect(throws: MediaFailure.self) { try await run(script) }?.kind == .process)
        }
    }

    @Test("its own word for what went wrong is passed on")
    func failure() async {
        let failure = await #expect(throws: MediaFailure.self) {
            try await run("echo '{\"failure\":{\"kind\":\"outOfMemory\",\"detail\":\"encode\"}}'; exit 1")
        }
        #expect(failure == MediaFailure(.outOfMemory, "encode"))
        #expect(failure?.isPermanent == false)
    }

    @Test("what it says before a good end is heard")
    func success() async throws {
        let heard = try await run("echo '{\"confined\":{\"landlock\":null}}'; echo '{\"progress\":50}'; echo '{\"packaged\":true}'")
        #expect(heard.isPackaged && heard.progress == 50 && heard.confinement?.landlockVersion == nil)
    }

    @Test("a cancelled task ends its child at once")
    func cancel() async throws {
        let (result, seconds) = try await loops.run {
            guard let loop = Loop.current else { throw TestProgram.Failure("not on a loop") }
            let task = Task(executorPreference: loop) { try await Self.run("sleep 50") }
            try await loop.sleep(milliseconds: 200)
            let started = ContinuousClock.now
            task.cancel()
            return (await task.result, ContinuousClock.now - started)
        }
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(seconds < .seconds(20))
    }

    @Test("a program that is not there cannot be started")
    func missing() async {
        let order = ConfinedOrder(work: .probe, file: "/dev/null", folder: nil, parent: 1, limits: .probe(bytes: 0))
        let failure = await #expect(throws: MediaFailure.self) {
            try await loops.run { try await WatchedProcess(program: "/nowhere/lyceum-media", arguments: [], order: order, progress: { _ in }).run() }
        }
        #expect(failure?.kind == .process)
    }
}
