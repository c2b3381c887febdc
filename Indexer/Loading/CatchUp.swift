import Courses
import CoursesAPI
import Kit
import Mongo
import Search

/// Brings the changes after a token into an index: the newest of each course, and only what the index has not.
struct CatchUp: Sendable {
    /// How far it came.
    struct Progress: Sendable {
        /// Everything before it is in the index.
        var token: BSONDocument
        var changes = 0
        var written = WriteCount()
        /// Whether it ended before it had reached what was new when it began.
        var isInterrupted = false
    }

    let job: IndexJob
    /// An index, or nil for the alias.
    var name: String?

    /// Reads up to the moment at which it is called, batch by batch; `done` is told each token once all before it is in the index.
    ///
    /// Throws `MongoError.historyLost` when the changes are not known any more.
    func callAsFunction(from token: BSONDocument, done: (BSONDocument) async throws -> Void) async throws -> Progress {
        var progress = Progress(token: token)
        let goal = try await job.source.clusterTime()
        var idle = 0
        while true {
            if job.stop.isSet {
                progress.isInterrupted = true
                return progress
            }
            let changes = try await job.source.changes(after: progress.token, limit: 500, waitMilliseconds: 100)
            if changes.isBroken { throw MongoError(.historyLost, message: "the collection of courses was dropped or renamed") }
            progress.changes += changes.count
            progress.written += try await apply(changes.ids)
            if changes.token != progress.token {
                progress.token = changes.token
                try await done(changes.token)
            }
            idle = changes.count == 0 ? idle + 1 : 0
            // Without a readable time: nothing came for as long as twenty looks.
            if changes.clusterTime.map({ $0 >= goal }) ?? false || idle == 20 { return progress }
        }
    }

    private func apply(_ ids: Set<CourseID>) async throws -> WriteCount {
        guard !ids.isEmpty else { return WriteCount() }
        let listings = try await job.source.listings(of: ids)
        let known = try await job.index.revisions(of: ids.map(\.description), in: name)
        var documents = listings.map { IndexedDocument(IndexedCourse($0)) }.filter { (known[$0.id]?.revision ?? -1) < $0.version }
        let gone = ids.subtracting(listings.map(\.courseID)).compactMap { known[$0.description] }.filter { !$0.isDeleted }
        documents += gone.map { IndexedDocument(markOf: $0.id, version: $0.revision + 1) }
        return try await job.writer.write(documents, to: name)
    }
}
