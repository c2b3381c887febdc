import Kit
import Loop
import MediaAPI
import Telemetry

/// Holds the lease of one job while it is worked on, and tells how far it is.
final class LeaseKeeper: Sendable {
    private struct State {
        var progress = 0
        var validUntil: ContinuousClock.Instant
        var isLost = false
    }

    private let job: LeasedJob
    private let client: MediaJobsClient
    private let times: JobTimes
    private let log: Log
    private let state: Locked<State>

    /// For a job that was leased at `leased`, or a little later.
    init(_ job: LeasedJob, client: MediaJobsClient, times: JobTimes, leased: ContinuousClock.Instant, log: Log) {
        self.job = job
        self.client = client
        self.times = times
        self.log = log
        state = Locked(State(validUntil: leased + .milliseconds(job.leaseMs)))
    }

    /// Per cents, which only rise.
    func advance(to percent: Int) { state.withLock { $0.progress = max($0.progress, min(100, percent)) } }

    /// Somebody else has the job by now, or may have it.
    var isLost: Bool { state.withLock { $0.isLost } }
    var isOver: Bool { state.withLock { ContinuousClock.now >= $0.validUntil } }

    /// Returns when the lease is lost, or the task is cancelled. On a loop.
    func keep(on loop: Loop) async {
        var told = (percent: 0, at: ContinuousClock.now)
        while true {
            // Told at a pace, not at each frame; a lease lasts several times as long.
            do { try await loop.sleep(milliseconds: UInt64(times.progress)) } catch { return }
            let percent = state.withLock { $0.progress }, now = ContinuousClock.now
            guard percent != told.percent || now - told.at >= .milliseconds(times.heartbeat) else { continue }
            switch await beat(percent, at: now) {
            case true?: told = (percent, now)
            case false?: return
            // No answer: asked again, as long as the lease can be ours.
            case nil: if isOver { return lose("no answer while the lease lasted") }
            }
        }
    }

    private func beat(_ percent: Int, at now: ContinuousClock.Instant) async -> Bool? {
        guard let isHeld = try? await client.heartbeat(job, progress: percent) else { return nil }
        if isHeld { state.withLock { $0.validUntil = now + .milliseconds(job.leaseMs) } } else { lose("another holds it") }
        return isHeld
    }

    private func lose(_ reason: String) {
        state.withLock { $0.isLost = true }
        log.warning("the lease of a media job is lost", [("reason", .string(reason))])
    }
}
