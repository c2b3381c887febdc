import Telemetry

/// Jobs as `/metrics` shows them.
struct JobMetrics: Sendable {
    private let jobs: Counter
    private let seconds: Histogram

    init(_ metrics: Metrics = .shared) {
        jobs = metrics.counter("media_jobs_total", help: "Media jobs of this worker by how they ended.", labels: ["outcome"])
        seconds = metrics.histogram(
            "media_job_seconds", help: "How long media jobs took, from the lease to the report.", labels: ["outcome"],
            buckets: Histogram.secondsOfJobs)
        // Each is there from the start, so that its first job counts as a change.
        for outcome in JobOutcome.allCases { jobs.add(0, outcome.rawValue) }
    }

    func ended(_ outcome: JobOutcome, after time: Double) {
        jobs.add(1, outcome.rawValue)
        seconds.observe(time, outcome.rawValue)
    }

    func count(_ outcome: JobOutcome) -> Int { Int(jobs.value(outcome.rawValue)) }
}
