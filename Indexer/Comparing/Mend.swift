import Courses
import CoursesAPI
import Kit
import Search

/// Writes what differs as MongoDB has it now.
struct Mend: Sendable {
    let job: IndexJob
    var name: String?

    /// At most 1,000 differences. What is ahead stays: an index takes no older version.
    func callAsFunction(_ differences: [Difference]) async throws -> WriteCount {
        let listings = try await job.source.listings(of: differences.compactMap { CourseID($0.id) })
        let known = Set(listings.map(\.courseID.description))
        var documents = listings.map { IndexedDocument(IndexedCourse($0)) }
        for difference in differences where !known.contains(difference.id) {
            if let indexed = difference.indexed { documents.append(IndexedDocument(markOf: difference.id, version: indexed + 1)) }
        }
        return try await job.writer.write(documents, to: name, over: .newerOrSame)
    }
}
