import Glibc
import Linux
import Synchronization
import Testing
import TestKit

/// A sandbox binds the thread that enters it, so each of these has a thread of its own and the test process stays free.
@Suite struct SandboxTests {
    let folder: TestFolder
    let sibling: String
    var outside: String { folder.path + "/outside" }
    var writable: String { folder.path + "/out" }

    init() throws {
        folder = try TestFolder()
        sibling = try folder.write("another student's work".utf8, to: "sibling")
        try #require(mkdir(folder.path + "/out", 0o755) == 0)
    }

    @Test("every way out is refused inside, and open outside")
    func waysOut() throws {
        let before = try onThread { [sibling, outside] in SandboxTrial.all(sibling: sibling, outside: outside) }
        let reading = before.filter {
            $0.attempt.hasPrefix("read") || $0.attempt.hasPrefix("write") || $0.attempt.hasPrefix("open") || $0.attempt.hasPrefix("start")
        }
        #expect(reading.count == 6)
        for trial in reading { #expect(!trial.isRefused, "\(trial.attempt) proves nothing: \(trial.outcome)") }

        let inside = try onThread { [sibling, outside, writable] in
            let confinement = try Sandbox(writable: [writable]).enter()
            return (confinement, SandboxTrial.all(sibling: sibling, outside: outside))
        }
        try #require(inside.0.landlockVersion != nil, "this kernel has no Landlock: the rest of this test needs it")
        for trial in inside.1 { #expect(trial.isRefused, "\(trial.attempt) \(trial.outcome)") }
        for trial in before where trial.attempt.contains("by call") {
            // An older kernel has none of these, which is what a newer one says inside.
            #expect(!trial.isRefused || trial.refusal == ENOSYS, "\(trial.attempt) proves nothing: \(trial.outcome)")
        }
        #expect(folder.names() == ["out", "sibling"])
    }

    @Test("what the work needs still works inside")
    func work() throws {
        let input = try folder.write("an upload".utf8, to: "input")
        let result = try onThread { [folder, writable] in
            let descriptor = open(input, O_RDONLY)
            _ = try Sandbox(writable: [writable]).enter()
            var bytes = [UInt8](repeating: 0, count: 9)
            let fromBefore = read(descriptor, &bytes, 9)
            close(descriptor)
            let written = open(writable + "/segment", O_WRONLY | O_CREAT | O_EXCL, 0o644)
            let renamed = rename(writable + "/segment", writable + "/segment2")
            return (fromBefore, written >= 0, renamed, try onThread { 7 }, access(folder.path, F_OK))
        }
        #expect(result.0 == 9, "a descriptor that was open stays usable")
        #expect(result.1, "the output folder can be written")
        #expect(result.2 == 0)
        #expect(result.3 == 7, "threads can be started")
        #expect(folder.names(in: writable) == ["segment2"])
    }

    @Test("a folder to write to that is not there is an error")
    func missing() throws {
        #expect(throws: LinuxError.self) { try onThread { [folder] in try Sandbox(writable: [folder.path + "/none"]).enter() } }
    }

    @Test("a process whose parent is not the one it was started by does not go on")
    func parent() throws {
        #expect(throws: LinuxError.self) { try onThread { try Sandbox.dieWithParent(Int(getpid())) } }
        try onThread { try Sandbox.dieWithParent(Int(getppid())) }
    }

    @Test("what was used up is known")
    func usage() {
        let usage = ResourceUsage.now
        #expect(usage.cpuSeconds > 0)
        #expect(usage.peakResidentBytes > 1 << 20)
        #expect(AddressSpace().peak > usage.peakResidentBytes)
    }

}

/// Runs `body` on a thread made for it and gives back what it gives.
func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
    let box = ResultBox<R>()
    try startAndJoin { box.result = Result { try body() } }
    return try #require(box.result).get()
}

private final class ResultBox<R: Sendable>: @unchecked Sendable {  // written by one thread, read after it was joined
    var result: Result<R, any Error>?
}
