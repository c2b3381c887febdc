import CoursesAPI
import Kit
import Telemetry

/// A course: one working draft, and at most one version that is live.
struct Course: Sendable, Equatable {
    let id: CourseID
    let slug: String
    let ownerID: UserID?
    /// Everyone who may edit it; the owner is one of them.
    let instructorIDs: [UserID]
    var state: CourseState
    /// Grows with each change of what the listing shows, so that of two listings the newer is known. An edit of the draft changes nothing there.
    var revision: Int
    /// Grows with each change of the draft: what an edit is made from.
    var draftRevision: Int
    var draft: CourseContent
    /// What is live, as lists show it; nil before the first publication.
    var live: LiveVersion?
    var rating: Rating
    var enrolledCount: Int
    let createdAt: Timestamp
    var updatedAt: Timestamp

    struct Rating: Sendable, Equatable {
        var average: Double?
        var count: Int
    }

    /// Whether `user` may see and edit the draft.
    func isInstructor(_ user: UserID) -> Bool { instructorIDs.contains(user) }
}

/// The version that students get.
struct LiveVersion: Sendable, Equatable {
    let id: VersionID
    /// From 1.
    let number: Int
    let publishedAt: Timestamp
    let title: String
    let subtitle: String?
    let language: String
    let levels: [CourseLevel]
    let categories: [Category]
    let price: Money?
    /// Names as they were when it was published; an id where the instructor has an account.
    let instructors: [Instructor]
    let lectures: [ListedLecture]
    let lectureCount: Int
    let durationMs: Int
    /// Where an imported course came from.
    let source: String?

    struct Instructor: Sendable, Equatable {
        let id: UserID?
        let displayName: String
    }
}
