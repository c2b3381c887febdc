import Courses
import CoursesAPI
import Kit
import Loop
import Search

/// Compares both sides, mends what differs when it is told to, and says what is left.
struct Verify: Sendable {
    let job: IndexJob
    let mends: Bool
    /// How often differences are looked at again: a change may be on its way into the index.
    var looks = 3
    /// Passes between two looks: the time that the index takes to show what was on its way to it.
    var pause: @Sendable () async throws -> Void = { try await Loop.current?.sleep(milliseconds: 1000) }
    /// More than these are no changes on their way.
    var mostOnTheWay = 10_000

    func callAsFunction() async throws -> Outcome {
        guard try await job.index.target() != nil else { return Outcome(summary: "there is no index: run lyceum-indexer rebuild", isEqual: false) }
        var outcome = Outcome(summary: "")
        if mends {
            outcome.read = try await Comparison(job: job).differences { batch in
                outcome.written += try await Mend(job: job)(batch)
            }
        }
        let (courses, count) = try await compare()
        if job.stop.isSet { throw IndexerError.interrupted }
        outcome.read += courses
        outcome.isEqual = count.isZero
        outcome.summary = "\(courses) courses: \(count)\(mends ? ", \(outcome.written.mended)" : "")"
        return outcome
    }

    private func compare() async throws -> (courses: Int, count: DifferenceCount) {
        var count = DifferenceCount()
        var candidates: [Difference] = []
        let courses = try await Comparison(job: job).differences { batch in
            if candidates.count + batch.count <= mostOnTheWay { candidates += batch } else { count.add(batch) }
        }
        for _ in 0..<looks where !candidates.isEmpty && count.isZero && !job.stop.isSet {
            try await pause()
            candidates = try await lookAgain(at: candidates)
        }
        count.add(candidates)
        return (courses, count)
    }

    private func lookAgain(at differences: [Difference]) async throws -> [Difference] {
        var left: [Difference] = []
        var rest = differences[...]
        while !rest.isEmpty {
            let batch = rest.prefix(500)
            rest = rest.dropFirst(batch.count)
            let documents = try await job.index.revisions(of: batch.map(\.id))
            let found = try await job.source.revisions(of: batch.compactMap { CourseID($0.id) })
            let courses = Dictionary(found.map { ($0.id.description, $0) }) { first, _ in first }
            left += batch.compactMap { Difference(courses[$0.id], documents[$0.id]) }
        }
        return left
    }
}
