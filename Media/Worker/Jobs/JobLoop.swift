import Glibc
import Kit
import Loop
import MediaAPI
import ObjectStore
import Telemetry

/// Asks the media service for jobs and does them, as many at once as there are slots, until its task is cancelled.
struct JobLoop: Service {
    private enum Answer: Sendable {
        case job(LeasedJob)
        case nothing
        case unavailable
    }

    let name = "media jobs"
    private let client: MediaJobsClient
    private let work: JobWork
    private let slots: Int
    private let times: JobTimes
    private let metrics: JobMetrics
    private let log: Log
    private let tracer: Tracer?
    /// Why the media service could not be asked, the last time.
    private let trouble = Locked<String?>("it was not asked yet")

    init(client: MediaJobsClient, work: JobWork, slots: Int, times: JobTimes = JobTimes(), metrics: JobMetrics = JobMetrics(), log: Log, tracer: Tracer? = nil) {
        self.client = client
        self.work = work
        self.slots = slots
        self.times = times
        self.metrics = metrics
        self.log = log
        self.tracer = tracer
    }

    /// What a worker needs to be of use.
    var checks: [HealthCheck] {
        [
            HealthCheck("media") { [trouble] in
                if let reason = trouble.withLock({ $0 }) { throw Trouble(description: reason) }
            },
            HealthCheck("objects") { [store = work.store] in
                if let key = ObjectKey("streams/health") { _ = try await store.head(key) }
            },
        ]
    }

    private struct Trouble: Error, CustomStringConvertible { let description: String }

    func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("media jobs are done from a loop") }
        await withTaskGroup(of: Void.self) { group in
            for slot in 1...slots { group.addTask(executorPreference: loop) { await serve("\(Self.host)/\(getpid())/\(slot)", on: loop) } }
        }
    }

    private func serve(_ worker: String, on loop: Loop) async {
        var failures = 0
        while !Task.isCancelled {
            let asked = ContinuousClock.now
            let answer = await lease(worker, on: loop)
            switch answer {
            case .job(let job):
                failures = 0
                await run(job, asked, on: loop)
            case .nothing:
                failures = 0
                // Jobs are asked for, not pushed: the poll is what a new upload waits at most.
                try? await loop.sleep(milliseconds: JobTimes.jitter(times.poll))
            case .unavailable:
                failures += 1
                // Longer each time, and never the same for two workers that were turned away together.
                try? await loop.sleep(milliseconds: JobTimes.jitter(times.pause(afterFailures: failures)))
            }
        }
    }

    /// Not broken off by a stop: a job whose answer nobody hears would wait until its lease ends.
    private func lease(_ worker: String, on loop: Loop) async -> Answer {
        await Task(executorPreference: loop) {
            do {
                let job = try await client.lease(worker: worker)
                trouble.withLock { $0 = nil }
                return job.map { .job($0) } ?? .nothing
            } catch {
                let reason = "\(error)"
                if trouble.withLock({ old in
                    defer { old = reason }; return old != reason
                }) {
                    log.warning("no jobs can be leased", [("reason", .string(reason))])
                }
                return .unavailable
            }
        }.value
    }

    private func run(_ job: LeasedJob, _ asked: ContinuousClock.Instant, on loop: Loop) async {
        let parent = job.traceparent.flatMap { Trace(traceparent: $0) }
        let trace = Trace.entering(after: parent, tracer)
        let span = ActiveSpan(at: trace, after: parent, .consumer, "media job")
        let log = log.with("job", .string(job.jobID.description)).with("asset", .string(job.assetID.description))
        let run = JobRun(client: client, work: work.logging(to: log), times: times, log: log)
        await Trace.$current.withValue(trace) {
            log.info("a media job is leased", [("attempt", .int(job.attempt))])
            let outcome = Task.isCancelled ? await run.release(job, on: loop) : await run.run(job, leased: asked, on: loop)
            let seconds = (ContinuousClock.now - asked) / .seconds(1)
            metrics.ended(outcome, after: seconds)
            end(span, job, outcome)
            log.info("a media job ended", [("outcome", .string(outcome.rawValue)), ("seconds", .double((seconds * 1000).rounded() / 1000))])
        }
    }

    private func end(_ span: ActiveSpan?, _ job: LeasedJob, _ outcome: JobOutcome) {
        guard var span else { return }
        span.set("lyceum.media.asset_id", .string(job.assetID.description))
        span.set("lyceum.media.attempt", .int(job.attempt))
        span.set("lyceum.media.outcome", .string(outcome.rawValue))
        span.end(failure: outcome == .failed ? outcome.rawValue : nil)
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
