import CoursesAPI
import Kit

/// What enrollments knows of a course, as the courses service told it.
struct CourseFacts: Sendable, Equatable {
    let courseID: CourseID
    let revision: Int
    let versionID: VersionID
    let title: String
    let state: CourseState
    let price: Money?
    /// Lectures of the live version.
    let lectureCount: Int

    /// Whether anyone may enrol without paying.
    var isFree: Bool { price.map(\.isFree) ?? false }
    /// Whether new students are taken at all.
    var isOpen: Bool { state == .published }
}
