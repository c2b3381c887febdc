import Glibc
import JSON
import Kit
import Loop
import MediaAPI
import MediaPipeline
@testable import MediaWorker
import ObjectStore
import Telemetry
import TestKit

/// A worker with a queue, an object store and a temporary folder of its own.
struct WorkerBench {
    let folder: TestFolder
    let journal = Journal()
    let queue: JobQueue
    let store: JournalingStore
    let space: WorkerSpace
    let lines = MemorySink()
    let metrics = JobMetrics(Metrics())
    let loops = LoopGroup(count: 1, name: "test-worker")
    let jobs: JobLoop

    /// A worker whose confined child is the real one, or a script of the shell in its place.
    init(script: String? = nil, slots: Int = 1, leaseMs: Int = 60_000) throws {
        folder = try TestFolder()
        queue = JobQueue(journal: journal, leaseMs: leaseMs)
        store = JournalingStore(store: try DirectoryObjectStore(path: folder.path + "/objects"), journal: journal)
        space = try WorkerSpace.open(in: folder.path + "/temporary")
        let log = Log(service: "media-worker", level: .debug, sink: lines)
        let processes = try script.map { MediaProcesses(program: "/bin/sh", arguments: ["-c", $0], log: log) }
            ?? MediaProcesses(program: try MediaProgram.path(), log: log)
        let work = JobWork(store: store, processes: processes, space: space, log: log)
        jobs = JobLoop(client: MediaJobsClient(queue), work: work, slots: slots, times: Self.times, metrics: metrics, log: log)
    }

    private static var times: JobTimes {
        var times = JobTimes()
        times.poll = 20
        times.heartbeat = 60
        times.progress = 20
        return times
    }

    /// Runs the worker while `body` lasts, then stops it as SIGTERM does. The value is what `body` made, and how long the stop took.
    @discardableResult func run<R>(_ body: () async throws -> R) async throws -> (R, stop: Duration) {
        // Timed on the loop: the threads that tests share may be busy.
        let task = Task(executorPreference: loops.next()) { [jobs] in
            try await jobs.run()
            return ContinuousClock.now
        }
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        let asked = ContinuousClock.now
        task.cancel()
        let ended = try await task.value
        return (try result.get(), ended - asked)
    }

    /// An upload and its job.
    func upload(_ bytes: [UInt8], as asset: AssetID = AssetID()) async throws -> JobID {
        guard let key = ObjectKey("originals/\(asset)") else { throw TestProgram.Failure("no key") }
        try await store.store.put(bytes, at: key)
        return queue.add(asset)
    }

    /// Waits until the job is in this state.
    func reaches(_ state: JobQueue.State, _ job: JobID) async -> Bool { await eventually(within: .seconds(60)) { queue.state(job) == state } }

    /// All objects of streams with their bytes.
    func streams() async throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for object in try await store.list(prefix: "streams/", after: nil, limit: 1000).objects {
            found[object.key.text] = try await store.get(object.key)
        }
        return found
    }

    /// Nothing of a job is left in the temporary folder.
    var isClean: Bool { FileTree.names(in: space.path).isEmpty }

    /// 3 s of pictures and sound.
    static func clip(_ size: String = "160x90", seconds: String = "3") throws -> [UInt8] {
        let clip = try TestClip()
        let path = try clip.make("clip.mp4", "\(TestClip.pictures(size, seconds: seconds)) \(TestClip.tone(seconds: seconds)) \(TestClip.h264)")
        return try withExtendedLifetime(clip) { try TestFolder.read(path) }
    }
}
