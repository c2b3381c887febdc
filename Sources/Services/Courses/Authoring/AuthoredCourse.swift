import CoursesAPI
import Telemetry

/// A course in the list of those who write it.
struct AuthoredCourse: Sendable, Equatable {
    let id: CourseID
    let title: String
    let state: CourseState
    let draftRevision: Int
    let updatedAt: Timestamp
}
