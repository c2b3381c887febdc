/// How often things are done. In milliseconds.
struct JobTimes: Sendable {
    /// From one empty answer to the next question for a job.
    var poll = 500
    /// Longest pause while the media service is away; the first is `poll`.
    var longestPause = 10_000
    /// Between two heartbeats while the progress does not change.
    var heartbeat = 10_000
    /// Between two heartbeats at least.
    var progress = 1000
    /// For giving a job back when the worker stops.
    var release = 4000

    /// A random time around `milliseconds`, so that workers do not ask in step.
    static func jitter(_ milliseconds: Int) -> UInt64 { UInt64(Int.random(in: milliseconds * 3 / 4...max(milliseconds * 5 / 4, 1))) }

    /// The pause after so many failures in a row.
    func pause(afterFailures failures: Int) -> Int { min(longestPause, poll << min(failures, 10)) }
}
