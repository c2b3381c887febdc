import Glibc
import Loop
import MediaPipeline
import Telemetry
import Testing
import TestKit

/// The parent's side, with the real program as the child.
@Suite struct MediaProcessesTests {
    let clip: TestClip
    let loops = LoopGroup(count: 1, name: "test-media")
    let log = MemorySink()
    var stream: String { clip.folder.path + "/stream" }

    init() throws { clip = try TestClip() }

    private func processes(_ limits: (@Sendable (ConfinementLimits) -> ConfinementLimits)? = nil) throws -> MediaProcesses {
        MediaProcesses(program: try MediaProgram.path(), log: Log(service: "test", sink: log), limits: limits)
    }
    private func file(seconds: String = "4", size: String = "320x180") throws -> String {
        try clip.make("clip.mp4", "\(TestClip.pictures(size, seconds: seconds)) \(TestClip.h264)")
    }

    @Test("a stream appears whole, with rising progress that ends at 100")
    func package() async throws {
        let processes = try processes(), file = try file(), percents = Locked<[Int]>([]), stream = stream
        let outcome = try await loops.run {
            try await processes.package(file: file, into: stream) { percent in percents.withLock { $0.append(percent) } }
        }
        guard case .packaged(let packaged) = outcome else { Issue.record("refused"); return }
        let heard = percents.withLock { $0 }
        #expect(heard == Array(Set(heard)).sorted() && heard.last == 100 && heard.count > 5)
        #expect(packaged.manifest.durationMilliseconds == 4000 && packaged.folder == stream)
        #expect(clip.folder.names(in: stream).count == packaged.manifest.files.count + 1)
        // The same again elsewhere is the same stream.
        let other = clip.folder.path + "/other/"
        let second = try await loops.run { try await processes.package(file: file, into: other) }
        guard case .packaged(let repeated) = second else { Issue.record("refused"); return }
        #expect(repeated.hash == packaged.hash && repeated.manifest == packaged.manifest)
    }

    @Test("too little memory is a failure that may be tried again, not a crash of ours", .disabled(if: isSanitized, "a sanitizer maps terabytes"))
    func memory() async throws {
        let processes = try processes { limits in
            var limits = limits
            limits.memoryBytes = 420 << 20
            return limits
        }
        let file = try file(seconds: "2", size: "1920x1080"), stream = stream
        let failure = await #expect(throws: MediaFailure.self) { try await loops.run { try await processes.package(file: file, into: stream) } }
        // The encoder that got no memory says so; Swift code that gets none ends with a trap.
        #expect(failure?.kind == .outOfMemory || failure?.kind == .crashed, "\(String(describing: failure))")
        #expect(clip.folder.names() == ["clip.mp4"])
    }

    @Test("CPU without end and files without end are stopped by the kernel")
    func kernelLimits() async throws {
        let file = try file(seconds: "20", size: "640x360"), stream = stream
        let cpu = try processes { limits in
            var limits = limits
            limits.cpuSeconds = min(limits.cpuSeconds, 1)
            return limits
        }
        #expect(
            await #expect(throws: MediaFailure.self) { try await loops.run { try await cpu.package(file: file, into: stream) } }?.kind == .cpuLimit)
        let bytes = try processes { limits in
            var limits = limits
            limits.fileBytes = 20_000
            return limits
        }
        #expect(
            await #expect(throws: MediaFailure.self) { try await loops.run { try await bytes.package(file: file, into: stream) } }?.kind
                == .fileTooLarge)
        #expect(clip.folder.names() == ["clip.mp4"])
    }

    @Test("a cancelled task leaves no child and nothing half made")
    func cancel() async throws {
        let processes = try processes(), file = try file(seconds: "20", size: "640x360"), stream = stream, partial = stream + ".partial"
        let task = Task { try await loops.run { try await processes.package(file: file, into: stream) } }
        let folder = clip.folder
        #expect(await eventually(within: .seconds(60)) { folder.names(in: partial).contains { $0.hasSuffix(".m4s") || $0.hasSuffix("_init.mp4") } })
        task.cancel()
        let result = await task.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(clip.folder.names() == ["clip.mp4"])
    }

    @Test("what a killed run left is cleared away, but not under a run that goes on")
    func leftovers() async throws {
        let processes = try processes(), file = try file(seconds: "1", size: "160x90"), stream = stream, partial = stream + ".partial"
        try #require(mkdir(partial, 0o755) == 0)
        try clip.folder.write([1], to: "stream.partial/v90_00001.m4s")
        let lock = open(partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let failure = await #expect(throws: MediaFailure.self) { try await loops.run { try await processes.package(file: file, into: stream) } }
        #expect(failure?.kind == .file && failure?.detail.contains("another process") == true)
        #expect(clip.folder.names(in: partial) == ["v90_00001.m4s"])
        flock(lock, LOCK_UN)
        close(lock)
        let outcome = try await loops.run { try await processes.package(file: file, into: stream) }
        guard case .packaged = outcome else { Issue.record("refused"); return }
        #expect(clip.folder.names() == ["clip.mp4", "stream"])
    }

    @Test("the sandbox holds from the library too, and a kernel without Landlock is told of loudly")
    func sandbox() async throws {
        let processes = try processes(), folder = try TestFolder(), path = folder.path
        let report = try await loops.run { try await processes.trySandbox(in: path) }
        #expect(report.holds)
        #expect(folder.names() == [])
        let without = MediaProcesses(
            program: "/bin/sh", arguments: ["-c", "cat >/dev/null; echo '{\"confined\":{\"landlock\":null}}'"], log: Log(service: "test", sink: log))
        _ = try await loops.run { try await without.trySandbox(in: path) }
        #expect(log.lines.contains { $0.contains("this kernel has no Landlock") })
    }
}
