import CoursesAPI
import EnrollmentsAPI
import Kit

/// Counts the students of a course: a consumer of the enrollments service's events.
struct CountEnrollment: Sendable {
    static let types = [EnrollmentGranted.eventType]

    let store: any CourseStore
    let clock: WallClock
    /// Forgets cached pages of a course.
    let forget: @Sendable (CourseID) async -> Void

    func callAsFunction(_ event: Event) async throws {
        let facts = try event.facts(EnrollmentGranted.self)
        guard facts.isFirst else { return }
        guard let course = CourseID(facts.courseID) else { throw EventError("names no course") }
        try await store.countEnrollment(in: course, event: event, at: clock.now())
        await forget(course)
    }
}
