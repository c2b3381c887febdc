import CoursesAPI
import Kit

/// Enrols a student in a course that costs nothing.
struct EnrolStudent: Sendable {
    let store: any EnrollmentStore
    let clock: WallClock

    /// The enrollment, and whether this call made it. Enrolling again changes nothing.
    func callAsFunction(_ user: UserID, in course: CourseID) async throws -> (enrollment: Enrollment, isNew: Bool) {
        guard let facts = try await store.facts(of: course), facts.isOpen else { throw EnrollmentsError.noSuchCourse }
        guard facts.isFree else { throw EnrollmentsError.purchaseRequired }
        return try await store.enrol(user, in: facts, grant: .free(course), at: clock.now())
    }
}
