import Courses
import CoursesAPI
import Kit
import Mongo
import Search

/// Goes through all courses in MongoDB and all documents of an index side by side, in the order of their ids, in bounded memory.
struct Comparison: Sendable {
    let job: IndexJob
    /// An index, or nil for the alias.
    var name: String?
    var pageSize = 2000

    /// Hands over the differences in batches of 500 at most; how many courses MongoDB has. Ends early when the run is to stop.
    func differences(_ handle: ([Difference]) async throws -> Void) async throws -> Int {
        try await job.index.refresh(name)
        var courses = CourseReader(pages: job.source.revisions(pageSize: pageSize).makeAsyncIterator())
        var documents = DocumentReader(index: job.index, name: name, pageSize: pageSize)
        var batch: [Difference] = []
        var count = 0
        while !job.stop.isSet {
            let course = try await courses.first(), document = try await documents.first()
            if course == nil && document == nil { break }
            let isCourseNext = Self.precedes(course?.id.description, document?.id)
            let isDocumentNext = Self.precedes(document?.id, course?.id.description)
            if let found = Difference(isDocumentNext ? nil : course, isCourseNext ? nil : document) { batch.append(found) }
            if !isDocumentNext {
                courses.dropFirst()
                count += 1
            }
            if !isCourseNext { documents.dropFirst() }
            if batch.count == 500 {
                try await handle(batch)
                batch = []
            }
        }
        if !batch.isEmpty { try await handle(batch) }
        return count
    }

    /// Whether one side comes before the other; a side at its end comes last.
    private static func precedes(_ left: String?, _ right: String?) -> Bool {
        guard let left else { return false }
        return right.map { left < $0 } ?? true
    }
}

private struct CourseReader {
    var pages: MongoScan<MongoListings.Revision>.Iterator
    var page: ArraySlice<MongoListings.Revision> = []

    mutating func first() async throws -> MongoListings.Revision? {
        if page.isEmpty, let next = try await pages.next() { page = next.items[...] }
        return page.first
    }

    mutating func dropFirst() { page = page.dropFirst() }
}

private struct DocumentReader {
    let index: ElasticCourseIndex
    let name: String?
    let pageSize: Int
    var page: ArraySlice<ElasticCourseIndex.Revision> = []
    var lastID: String?
    var isOver = false

    mutating func first() async throws -> ElasticCourseIndex.Revision? {
        if page.isEmpty, !isOver {
            page = try await index.revisions(after: lastID, limit: pageSize, in: name)[...]
            isOver = page.count < pageSize
            lastID = page.last?.id ?? lastID
        }
        return page.first
    }

    mutating func dropFirst() { page = page.dropFirst() }
}
