import Kit
import MediaAPI
import Telemetry

/// Hands jobs to workers and takes their reports.
struct RunJobs: Sendable {
    static let leaseSeconds = 60.0
    /// Tries of a job, a crash of the worker included.
    static let maximumAttempts = 5
    /// Tries that say nothing of the file do not count for so long: what is away comes back, and the upload was taken.
    static let patienceSeconds = 86_400.0
    private static let firstPauseSeconds = 10.0

    let store: any JobStore
    let clock: WallClock
    let log: Log

    func lease(to worker: String) async throws -> LeasedJob? {
        let now = clock.now()
        _ = try await store.failExhausted(attempts: Self.maximumAttempts, at: now)
        return try await store.lease(to: worker, attempts: Self.maximumAttempts, at: now, until: now.adding(seconds: Self.leaseSeconds))
    }

    func heartbeat(_ job: JobID, token: String, progress: Int) async throws {
        let now = clock.now()
        try check(try await store.heartbeat(job, token: token, progress: progress, at: now, until: now.adding(seconds: Self.leaseSeconds)))
    }

    func complete(_ job: JobID, token: String, stream: MediaStream) async throws {
        try check(try await store.complete(job, token: token, stream: stream, at: clock.now()))
    }

    func refuse(_ job: JobID, token: String, reason: String, detail: String) async throws {
        try check(try await store.refuse(job, token: token, reason: reason, detail: detail, at: clock.now()))
    }

    /// 10 s, 20 s, 40 s … between tries; none after one that is final. `isPassing`: it is no fault of the file, and the try does not count.
    func fail(_ job: JobID, token: String, reason: String, detail: String, isFinal: Bool, isPassing: Bool) async throws {
        let now = clock.now()
        guard let tries = try await store.tries(of: job) else { throw MediaError.leaseLost }
        if isPassing, now - tries.since < Self.patienceSeconds {
            let later = now.adding(seconds: Self.firstPauseSeconds)
            try check(try await store.release(job, token: token, error: "\(reason): \(detail)", at: later))
        } else {
            let pause = Self.firstPauseSeconds * Double(1 << min(max(tries.count, 1) - 1, 8))
            let retryAt = !isFinal && tries.count < Self.maximumAttempts ? now.adding(seconds: pause) : nil
            try check(try await store.fail(job, token: token, reason: reason, detail: detail, retryAt: retryAt, at: now))
        }
        log.warning("a media job failed", [
            ("job", .string(job.description)), ("attempts", .int(tries.count)), ("reason", .string(reason)), ("detail", .string(detail)),
        ])
    }

    func release(_ job: JobID, token: String) async throws { try check(try await store.release(job, token: token, error: nil, at: clock.now())) }

    private func check(_ isHeld: Bool) throws(MediaError) { if !isHeld { throw .leaseLost } }
}
