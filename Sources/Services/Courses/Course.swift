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
    /// Grows with each change of anything: what listings are ordered by.
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

extension Course {
    /// What other services are told. Nil before the first publication.
    func listing(description: String?, objectives: [String]) -> CourseListing? {
        guard let live else { return nil }
        var listing = CourseListing(
            courseID: id, revision: revision, versionID: live.id, state: state, slug: slug, title: live.title, language: live.language,
            publishedAt: live.publishedAt, updatedAt: updatedAt)
        listing.subtitle = live.subtitle
        listing.description = description.map { String($0.prefix(2000)) }
        listing.levels = live.levels
        listing.categoryIDs = live.categories.map(\.id)
        listing.categoryPaths = live.categories.map(\.path)
        listing.categoryNames = live.categories.map(\.name)
        listing.price = live.price
        listing.instructorIDs = live.instructors.compactMap(\.id)
        listing.instructorNames = live.instructors.map(\.displayName)
        listing.objectives = objectives
        listing.ratingAverage = rating.average
        listing.ratingCount = rating.count
        listing.enrolledCount = enrolledCount
        listing.lectures = live.lectures
        listing.durationMs = live.durationMs
        listing.source = live.source
        return listing
    }
}
