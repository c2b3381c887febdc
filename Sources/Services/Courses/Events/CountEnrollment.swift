import CoursesAPI
import EnrollmentsAPI
import Kit

/// Counts the students of a course: a consumer of the enrollments service's events.
///
/// A course that many enrol in at once is told of now and then, not for each of them: what is told is its whole listing, to everyone who keeps one.
struct CountEnrollment: Sendable {
    static let types = [EnrollmentGranted.eventType]
    /// A course is told of once in this time, for its count.
    static let quietSeconds = 15.0

    let store: any CourseStore
    let clock: WallClock
    /// Forgets cached pages of a course.
    let forget: @Sendable (CourseID) async -> Void

    func callAsFunction(_ event: Event) async throws {
        let facts = try event.facts(EnrollmentGranted.self)
        guard facts.isFirst else { return }
        guard let course = CourseID(facts.courseID) else { throw EventError("names no course") }
        if try await store.countEnrollment(in: course, event: event, at: clock.now()) { await forget(course) }
    }

    /// Tells of the counts that wait; whether there may be more.
    func tell(limit: Int = 100) async throws -> Bool {
        let told = try await store.tellCounts(limit: limit, at: clock.now())
        for course in told { await forget(course) }
        return told.count == limit
    }
}
