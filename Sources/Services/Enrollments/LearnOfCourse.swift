import CoursesAPI
import Kit

/// Keeps what the courses service tells of its courses: a consumer of its events.
struct LearnOfCourse: Sendable {
    static let types = [CoursePublished.eventType, CourseUpdated.eventType, CourseUnlisted.eventType]

    let store: any EnrollmentStore

    func callAsFunction(_ event: Event) async throws {
        let listing: CourseListing? = switch event.type {
        case CoursePublished.eventType: try event.facts(CoursePublished.self).listing
        case CourseUpdated.eventType: try event.facts(CourseUpdated.self).listing
        case CourseUnlisted.eventType: try event.facts(CourseUnlisted.self).listing
        default: nil
        }
        if let listing { try await store.keep(listing, of: event) }
    }
}
