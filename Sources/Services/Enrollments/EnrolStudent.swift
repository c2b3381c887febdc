import CoursesAPI
import Kit

/// Enrols a student in a course that costs nothing.
struct EnrolStudent: Sendable {
    let store: any EnrollmentStore
    let clock: WallClock

    /// Enrolling again changes nothing.
    func callAsFunction(_ user: UserID, in course: CourseID, _ once: Once<Enrolled> = .unkept) async throws -> Enrolled {
        try await store.enrol(user, in: course, at: clock.now(), once) { facts throws(EnrollmentsError) in
            guard let facts, facts.isOpen else { throw .noSuchCourse }
            guard facts.isFree else { throw .purchaseRequired }
            return .free(course)
        }
    }
}
