import Glibc
import Kit
import Loop
import MediaPipeline

/// `lyceum-media`: reads what instructors upload and makes it into streams. The one program of Lyceum that has FFmpeg in it.
@main struct LyceumMedia {
    static func main() async {
        // First of all: this program as the confined child of itself, before a second thread exists.
        if CommandLine.arguments.dropFirst().first == ConfinedProcess.verb { _exit(ConfinedProcess.main()) }
        exit(await commandLine.run())
    }

    static let commandLine = CommandLineTable(
        program: "lyceum-media", about: "probes uploaded video and makes it into streams",
        details: "Files are read by a child process that is confined: no network, no other files, bounded memory and time.",
        verbs: [ProbeVerb.verb, PackageVerb.verb, WorkerVerb.verb, SandboxVerb.verb])
}

/// What the verbs share: a loop to start children from, JSON on standard output, everything else on standard error.
enum Terminal {
    /// Runs `body` on a loop of its own and ends it.
    static func onLoop<R: Sendable>(_ body: @escaping @Sendable @concurrent () async throws -> R) async throws -> R {
        let loops = LoopGroup(count: 1, name: "media")
        let result: Result<R, any Error>
        do { result = .success(try await loops.run(body)) } catch { result = .failure(error) }
        await loops.shutdown()
        return try result.get()
    }
}
