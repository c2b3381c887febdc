import Glibc
import JSON
import LibAV
import Loop
import OpenSSL
public import Telemetry

/// Probes files and makes streams of them, each in a confined process of its own, started and watched from a loop.
///
/// Whatever a file does to libav, this process only sees it end: a crash, a hang or memory without bounds is a `MediaFailure`.
public struct MediaProcesses: Sendable {
    /// How a file ended.
    public enum Outcome: Sendable {
        /// With the reasons for the instructor.
        case refused(ProbeReport)
        case packaged(PackagedStream)
    }

    private let program: String
    private let arguments: [String]
    private let limits: (@Sendable (ConfinementLimits) -> ConfinementLimits)?
    private let log: Log
    /// Where files are checked and renamed: not on a loop.
    private let files = Workers<Void>(threads: 1, waiting: 64, name: "media-files") { () }

    /// `program` with `arguments` must come to `ConfinedProcess.main`: this very program, unless told otherwise. `limits` may change what a process
    /// may use.
    public init(
        program: String = "/proc/self/exe", arguments: [String] = [ConfinedProcess.verb], log: Log,
        limits: (@Sendable (ConfinementLimits) -> ConfinementLimits)? = nil
    ) {
        self.program = program
        self.arguments = arguments
        self.log = log
        self.limits = limits
    }

    /// What the file is. On a loop. Throws `MediaFailure`, or `CancellationError` once the process has ended.
    public func probe(file: String) async throws -> ProbeReport {
        let path = try await files.run { _ in try Self.real(file) }
        let heard = try await run(.probe, path.name, folder: nil, limits: .probe(bytes: path.bytes))
        guard let report = heard.report else { throw MediaFailure(.process, "no report") }
        return report
    }

    /// Makes a stream of the file in `folder`, which appears whole, checked and all at once, or not at all; it must not exist, or be empty.
    ///
    /// On a loop. `progress` gets rising per cents up to 100 there. Throws as `probe` does.
    public func package(file: String, into folder: String, progress: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> Outcome {
        let report = try await probe(file: file)
        guard report.isAccepted else { return .refused(report) }
        let place = try await failing { try await files.run { _ in try StreamFolder.prepare(folder) } }
        do {
            let path = try await files.run { _ in try Self.real(file) }
            let heard = try await run(.package, path.name, folder: place.partial, limits: .package(report)) { if $0 < 100 { progress($0) } }
            if let report = heard.report, !report.isAccepted {
                try await files.run { _ in place.discard() }
                return .refused(report)
            }
            guard heard.isPackaged else { throw MediaFailure(.process, "no stream and no reason") }
            let stream = try await failing { try await finish(place, folder) }
            progress(100)
            return .packaged(stream)
        } catch {
            // Also when the task is cancelled: nothing half made stays.
            await Task { _ = try? await files.run { _ in place.discard() } }.value
            throw error
        }
    }

    /// Tries the ways out of the sandbox, with files of its own in `folder`, which must be empty and is empty again. For operators and tests. On a
    /// loop.
    public func trySandbox(in folder: String) async throws -> SandboxReport {
        let place = try await failing { try await files.run { _ in try TrialFolder.make(in: folder) } }
        let result: Result<Conversation, any Error>
        do { result = .success(try await run(.trial, place.input, folder: place.output, limits: .probe(bytes: 0))) } catch {
            result = .failure(error)
        }
        try await files.run { _ in place.remove() }
        let heard = try result.get()
        return SandboxReport(landlockVersion: heard.confinement?.landlockVersion, trials: heard.trials)
    }

    /// The file's own path and size: what is opened is what was asked for, wherever links lead later.
    private static func real(_ file: String) throws -> (name: String, bytes: Int) {
        guard let path = realpath(file, nil) else { throw MediaFailure(PipelineError.file("open \(file)", errno)) }
        defer { free(path) }
        var status = stat()
        guard stat(path, &status) == 0 else { throw MediaFailure(PipelineError.file("open \(file)", errno)) }
        return (String(cString: path), Int(status.st_size))
    }

    private func finish(_ place: StreamFolder, _ folder: String) async throws -> PackagedStream {
        let stop = StopSignal()
        return try await withTaskCancellationHandler {
            try await files.run { _ in
                let (manifest, bytes) = try StreamCheck(path: place.partial, stop: stop).run()
                try place.publish()
                return PackagedStream(folder: folder, manifest: manifest, hash: String(Hex.encode(SHA256.digest(bytes)).prefix(32)))
            }
        } onCancel: {
            // Hours of video take minutes to read back, and whoever stops a worker waits for seconds.
            stop.raise()
        }
    }

    private func failing<R>(_ body: () async throws -> R) async throws -> R {
        do { return try await body() } catch let error as PipelineError { throw MediaFailure(error) }
    }

    private func run(
        _ work: ConfinedOrder.Work, _ file: String, folder: String?, limits: ConfinementLimits,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> Conversation {
        let limits = self.limits?(limits) ?? limits
        let order = ConfinedOrder(work: work, file: file, folder: folder, parent: Int(getpid()), limits: limits)
        let watched = WatchedProcess(program: program, arguments: arguments, order: order, progress: progress)
        let heard = try await watched.run()
        if let confinement = heard.confinement, confinement.landlockVersion == nil {
            log.warning("this kernel has no Landlock: media files are read without file rules, by the call filter and limits alone")
        }
        return heard
    }
}

/// A finished stream in its folder.
public struct PackagedStream: Sendable, Hashable {
    public let folder: String
    public let manifest: PackageManifest
    /// 32 hexadecimal digits of the manifest's digest: the same for the same stream, another for any other.
    public let hash: String
}
