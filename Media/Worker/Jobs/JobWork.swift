import Loop
import MediaAPI
import MediaPipeline
import ObjectStore
import Telemetry

/// The work on one job: copy the original, have it read and packaged by a confined child, publish what came of it.
struct JobWork: Sendable {
    let store: any ObjectStore
    let processes: MediaProcesses
    let space: WorkerSpace
    private(set) var log: Log
    /// Copies and removals: not on a loop.
    private let files = Workers<Void>(threads: 2, waiting: 256, name: "worker-files") { () }

    init(store: any ObjectStore, processes: MediaProcesses, space: WorkerSpace, log: Log) {
        self.store = store
        self.processes = processes
        self.space = space
        self.log = log
    }

    /// The same with lines that name the job.
    func logging(to log: Log) -> JobWork {
        var work = self
        work.log = log
        return work
    }

    /// Nil when the task was cancelled. The child has ended and the files are gone whatever happens. On a loop. `progress` gets per cents.
    func run(_ job: LeasedJob, progress: @escaping @Sendable (Int) -> Void) async -> JobVerdict? {
        var folder: String?
        let verdict: JobVerdict?
        do {
            let made = try await files.run { [space] _ in try space.makeFolder() }
            folder = made
            verdict = try await work(on: job, in: made, progress)
        } catch is CancellationError {
            verdict = nil
        } catch {
            verdict = Task.isCancelled ? nil : .failed(JobFailure(error))
        }
        if let folder { await remove(folder) }
        return verdict
    }

    private func work(on job: LeasedJob, in folder: String, _ progress: @escaping @Sendable (Int) -> Void) async throws -> JobVerdict {
        guard let key = ObjectKey(job.originalKey) else { throw ObjectStoreError(.notFound, "\(job.originalKey) is no key") }
        try await OriginalCopy(store: store, files: files).copy(key, to: "\(folder)/original")
        log.debug("the original is copied")
        switch try await processes.package(file: "\(folder)/original", into: "\(folder)/stream", progress: { progress($0 * 95 / 100) }) {
        case .refused(let report):
            let reason = report.refusals.first?.reason.rawValue ?? "refused"
            let sentences = report.refusals.map(\.sentence).joined(separator: " ")
            return .refused(reason: reason, detail: sentences.isEmpty ? "The file cannot be used as a video." : String(sentences.prefix(2000)))
        case .packaged(let stream):
            log.debug("the stream is made", [("hash", .string(stream.hash)), ("files", .int(stream.manifest.files.count))])
            return .completed(try await StreamPublisher(store: store).publish(stream, of: job.assetID) { progress(95 + $0 * 4 / 100) })
        }
    }

    /// Also in a task that is cancelled.
    private func remove(_ folder: String) async {
        await Task { [files, log] in
            do { try await files.run { _ in FileTree.remove(folder) } } catch {
                log.warning("a folder was not removed", [("error", .string("\(error)"))])
            }
        }.value
    }
}
