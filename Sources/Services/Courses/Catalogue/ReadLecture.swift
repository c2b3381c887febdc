import CoursesAPI
import EnrollmentsAPI
import Kit

/// What a lecture of the live version holds, for those who may have it.
struct ReadLecture: Sendable {
    let store: any CourseStore
    let enrollments: EnrollmentsClient

    func callAsFunction(_ id: LectureID, of courseID: CourseID, for principal: Principal?) async throws -> Lecture {
        guard let course = try await store.course(courseID) else { throw CoursesError.noSuchCourse }
        let user = principal?.userID
        let isTeam = user.map(course.isInstructor) ?? false || principal?.has(.admin) ?? false
        guard let live = course.live, course.state == .published || course.state == .unlisted, let lecture = try await store.version(live.id)?.lecture(id) else {
            // What is not live yet is there for its instructors alone.
            if isTeam, let lecture = course.draft.lecture(id) { return lecture }
            throw CoursesError.noSuchLecture
        }
        if isTeam || lecture.isPreview { return lecture }
        guard let user else { throw CoursesError.notSignedIn }
        guard try await enrollments.hasAccess(user, to: courseID.description) else { throw CoursesError.noAccess }
        return lecture
    }
}
