import Courses
import Mongo
import Search

/// Brings into the index what changed since the last run.
struct Sync: Sendable {
    let job: IndexJob
    let lease: MongoLease

    func callAsFunction() async throws -> Outcome {
        try await keepOneTarget()
        guard let target = try await job.index.target() else { return try await rebuilt() }
        guard target.schemaVersion == IndexDefinition.schemaVersion else { throw IndexerError.otherSchema(index: target.name) }
        guard let checkpoint = try await job.state.checkpoint() else { return try await compared(with: target, because: "it is the first run") }
        // Another index in the place of ours, or the same made again, has not what ours had.
        guard checkpoint.target == target else { return try await compared(with: target, because: "the index is another one") }
        do {
            return Self.outcome(try await catchUp(from: checkpoint.token, target))
        } catch let error as MongoError where error.kind == .historyLost {
            return try await compared(with: target, because: "MongoDB does not know back to the last run")
        }
    }

    /// A consumer that found no index while a rebuild put its own in place may have left two. Nothing can be written to an alias of two; the newest
    /// stays.
    private func keepOneTarget() async throws {
        let targets = try await job.index.targets()
        if targets.count > 1, let newest = targets.last { try await job.index.point(at: newest) }
    }

    private func rebuilt() async throws -> Outcome {
        var outcome = try await Rebuild(job: job, lease: lease, isForced: false)()
        outcome.summary = "there was no index; \(outcome.summary)"
        return outcome
    }

    private func catchUp(from token: BSONDocument, _ target: ElasticCourseIndex.Target) async throws -> CatchUp.Progress {
        try await CatchUp(job: job)(from: token) { token in
            try await job.state.save(Checkpoint(token: token, target: target), fence: lease.fence)
        }
    }

    /// Everything once: the changes that come meanwhile are read afterwards.
    private func compared(with target: ElasticCourseIndex.Target, because reason: String) async throws -> Outcome {
        let token = try await job.source.token()
        var written = WriteCount(), differences = DifferenceCount()
        let courses = try await Comparison(job: job).differences { batch in
            differences.add(batch)
            written += try await Mend(job: job)(batch)
        }
        if job.stop.isSet {
            return Outcome(summary: "stopped while comparing everything; the next run does it again", read: courses, written: written)
        }
        try await job.state.save(Checkpoint(token: token, target: target), fence: lease.fence)
        let mended = written.mended
        var outcome = Self.outcome(try await catchUp(from: token, target))
        outcome.read += courses
        outcome.written += written
        outcome.summary = "compared all \(courses) courses, since \(reason): \(differences), \(mended); then \(outcome.summary)"
        return outcome
    }

    private static func outcome(_ progress: CatchUp.Progress) -> Outcome {
        let written = progress.written
        var summary = written.requests == 0 ? "nothing to do" : "\(written.written) courses written"
        if written.current > 0 { summary += ", \(written.current) there already" }
        summary += "\(written.refusals) (\(progress.changes) changes read)"
        if progress.isInterrupted { summary += "; stopped before the end, the next run goes on here" }
        return Outcome(summary: summary, read: progress.changes, written: written)
    }
}
