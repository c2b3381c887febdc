import CoursesAPI
import Kit

/// Enrols a student in a course that costs nothing.
struct EnrolStudent: Sendable {
    let store: any EnrollmentStore
    let clock: WallClock

    /// Enrolling again changes nothing.
    func callAsFunction(_ user: UserID, in course: CourseID, _ once: Once<Enrolled> = .unkept) async throws -> Enrolled {
        guard let facts = try await store.facts(of: course), facts.isOpen else { throw EnrollmentsError.noSuchCourse }
        guard facts.isFree else { throw EnrollmentsError.purchaseRequired }
        return try await store.enrol(user, in: facts, grant: .free(course), at: clock.now(), once)
    }
}
