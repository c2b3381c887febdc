import Kit
import MediaAPI
import Telemetry

/// The queue of media jobs. Each report is fenced by the lease's token: false when it is not the token of the lease that is in force.
protocol JobStore: Sendable {
    /// The next job, for whoever asks first: one that waits, or whose lease ended before it was tried `attempts` times.
    func lease(to worker: String, attempts: Int, at time: Timestamp, until: Timestamp) async throws -> LeasedJob?
    func heartbeat(_ job: JobID, token: String, progress: Int, at time: Timestamp, until: Timestamp) async throws -> Bool
    func complete(_ job: JobID, token: String, stream: MediaStream, at time: Timestamp) async throws -> Bool
    func refuse(_ job: JobID, token: String, reason: String, detail: String, at time: Timestamp) async throws -> Bool
    /// The try failed; the job waits until `retryAt`, or fails for good when it is nil.
    func fail(_ job: JobID, token: String, reason: String, detail: String, retryAt: Timestamp?, at time: Timestamp) async throws -> Bool
    /// Gives the job back as if it had not been tried, for `time` or later; with `error`, the trouble that it met.
    func release(_ job: JobID, token: String, error: String?, at time: Timestamp) async throws -> Bool
    /// Fails jobs whose worker died with the last try.
    func failExhausted(attempts: Int, at time: Timestamp) async throws -> Int
    /// How often a job was tried, and since when it is there; nil when there is none.
    func tries(of job: JobID) async throws -> (count: Int, since: Timestamp)?
}
