import CoursesAPI
import EnrollmentsAPI
import Kit

/// What a lecture that was published holds, for those who may have it: also one that a later version left out, since
/// who enrolled before goes on with the version that was live then.
struct ReadLecture: Sendable {
    let store: any CourseStore
    let enrollments: EnrollmentsClient

    func callAsFunction(_ id: LectureID, of courseID: CourseID, for principal: Principal?) async throws -> Lecture {
        // To all but its team a draft is like a course that there is not.
        guard let course = try await store.standing(of: courseID) else { throw CoursesError.noSuchLecture }
        let user = principal?.userID
        let isTeam = user.map(course.instructorIDs.contains) ?? false || principal?.has(.admin) ?? false
        guard course.state.isOpen, let found = try await store.publishedLecture(id), found.courseID == courseID else {
            // What is not live yet is there for its instructors alone.
            if isTeam, let found = try await store.draftLecture(id), found.courseID == courseID { return found.lecture }
            throw CoursesError.noSuchLecture
        }
        if isTeam || found.isPreview(of: course) { return found.lecture }
        guard let user else { throw CoursesError.notSignedIn }
        guard try await enrollments.hasAccess(user, to: courseID.description) else { throw CoursesError.noAccess }
        return found.lecture
    }
}
