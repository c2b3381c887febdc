import Courses
import Loop
import Mongo
import Search
import Telemetry

/// Makes a new index and puts it in the place of the one that is read, if it is plausible.
struct Rebuild: Sendable {
    let job: IndexJob
    let lease: MongoLease
    let isForced: Bool
    /// How many indexes before the one in use are kept.
    var kept = 2

    func callAsFunction() async throws -> Outcome {
        for old in try await job.index.unfinished() { try await job.index.delete(old.text) }
        // Taken before the first read: what changes from here on is caught up with.
        let token = try await job.source.token()
        let name = try await create()
        do {
            return try await fill(name, from: token)
        } catch {
            // Not under a cancelled task: it would stay behind. What searches read from stays, whatever failed after the swap; so does an index
            // of which nobody knows whether they do.
            let index = job.index
            try? await Task(executorPreference: Loop.current) {
                if try await !index.targets().contains(name) { try await index.delete(name) }
            }.value
            throw error
        }
    }

    private func create() async throws -> String {
        for second in 0..<10 {
            let name = IndexName(alias: job.index.alias, at: Timestamp.now.adding(seconds: Double(second)))
            if try await job.index.create(name.text, forLoading: true) { return name.text }
        }
        throw ElasticError(.unreadable, "a new index has the name of another")
    }

    private func fill(_ name: String, from token: BSONDocument) async throws -> Outcome {
        var written = try await Load(job: job, name: name)()
        let before = try await CatchUp(job: job, name: name)(from: token) { _ in }
        written += before.written
        if job.stop.isSet { throw IndexerError.interrupted }
        try await job.index.finishLoading(name)
        let counts = Plausibility(
            courses: try await job.source.publishedCount(), indexed: try await job.index.count(in: name), before: try await countBefore())
        if let doubt = counts.doubt, !isForced {
            try await job.index.delete(name)
            let summary = "NOT put in place: \(doubt); look into it, or use --force"
            return Outcome(summary: summary, isEqual: false, read: counts.courses, written: written)
        }
        written += try await putInPlace(name, from: before.token)
        try await prune()
        let summary = "\(counts.indexed) courses in \(name)\(written.refusals), \(before.changes) changes meanwhile"
        return Outcome(summary: summary, read: counts.courses, written: written)
    }

    private func countBefore() async throws -> Int? { try await job.index.target() == nil ? nil : try await job.index.count() }

    /// Makes the alias point at the index and at nothing else. A consumer that found no index may put an empty one beside it at the same moment,
    /// and events that come while there are two are refused: then it is done again.
    private func putInPlace(_ name: String, from token: BSONDocument) async throws -> WriteCount {
        var written = WriteCount()
        for _ in 0..<3 {
            try await lease.renew()
            try await job.index.point(at: name)
            written += try await settle(name, from: token)
            if try await job.index.targets() == [name] { return written }
        }
        throw IndexerError.aliasMoved(from: name)
    }

    /// Events that came until the swap went into the old index: what changed up to now is read once more.
    private func settle(_ name: String, from token: BSONDocument) async throws -> WriteCount {
        let after = try await CatchUp(job: job, name: name)(from: token) { _ in }
        if let target = try await job.index.target(), target.name == name {
            try await job.state.save(Checkpoint(token: after.token, target: target), fence: lease.fence)
        }
        return after.written
    }

    private func prune() async throws {
        let inUse = Set(try await job.index.targets())
        for old in try await job.index.indexes().filter({ !inUse.contains($0.text) }).dropLast(kept) { try await job.index.delete(old.text) }
    }
}

/// Whether a new index may take the place of the old one.
struct Plausibility: Sendable, Equatable {
    /// Published, as MongoDB counts them.
    let courses: Int
    /// To be found in the new index.
    let indexed: Int
    /// To be found in the old index; nil when there is none.
    let before: Int?

    /// What speaks against it.
    var doubt: String? {
        if abs(indexed - courses) * 100 > courses { return "it has \(indexed) courses and MongoDB \(courses)" }
        if let before, before - indexed > 10, indexed * 10 < before * 9 { return "it has \(indexed) courses and the old index \(before)" }
        return nil
    }
}
