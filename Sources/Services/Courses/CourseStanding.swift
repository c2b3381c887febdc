import CoursesAPI
import Kit

/// Who writes a course, and what of it is live: what decides who may have a lecture.
struct CourseStanding: Sendable, Equatable {
    let id: CourseID
    let state: CourseState
    let instructorIDs: [UserID]
    /// Nil before the first publication.
    let liveVersionID: VersionID?
}

/// A lecture, and where it was found.
struct FoundLecture: Sendable, Equatable {
    let courseID: CourseID
    /// Nil in a draft.
    let versionID: VersionID?
    let lecture: Lecture

    /// Open to everyone. A lecture that a later version left out stays for those who began with it, and for nobody else.
    func isPreview(of course: CourseStanding) -> Bool { lecture.isPreview && versionID == course.liveVersionID }
}

extension CourseState {
    /// Whether students learn it: those who are enrolled keep an unlisted course.
    var isOpen: Bool { self == .published || self == .unlisted }
}
