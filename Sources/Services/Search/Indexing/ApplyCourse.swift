import CoursesAPI
import Events
import Kit
import Telemetry

/// Brings what the courses service tells into the index: a consumer that takes many events at once.
///
/// It needs no inbox: the version of each document is the course's revision, so an event that comes twice or late changes nothing.
struct ApplyCourse: Sendable {
    static let types = [CoursePublished.eventType, CourseUpdated.eventType, CourseUnlisted.eventType]

    let index: ElasticCourseIndex
    let log: Log

    func callAsFunction(_ events: [Event]) async throws {
        let courses = try events.map { IndexedCourse(try Self.listing(of: $0)) }
        let result: BulkResult
        do { result = try await index.write(Self.newest(courses)) } catch {
            // A batch that is refused as a whole is taken apart by the consumer, until the one that spoils it is found.
            if case .refused = error.kind { throw error }
            if error.kind == .notFound { try await index.ensure() }
            throw RetryLater(error.description)
        }
        for refused in result.refused { log.error("the index refused a course", [("reason", .string(refused.reason))]) }
        guard result.delayed.isEmpty else { throw RetryLater("the search engine took only a part") }
        if let refused = result.refused.first { throw EventError("the index refused it: \(refused.reason)") }
    }

    /// One document of each course: the newest.
    static func newest(_ courses: [IndexedCourse]) -> [IndexedCourse] {
        var newest: [String: IndexedCourse] = [:]
        for course in courses where (newest[course.id]?.version ?? -1) < course.version { newest[course.id] = course }
        return newest.values.sorted { $0.id < $1.id }
    }

    private static func listing(of event: Event) throws -> CourseListing {
        switch event.type {
        case CoursePublished.eventType: try event.facts(CoursePublished.self).listing
        case CourseUpdated.eventType: try event.facts(CourseUpdated.self).listing
        default: try event.facts(CourseUnlisted.self).listing
        }
    }
}
