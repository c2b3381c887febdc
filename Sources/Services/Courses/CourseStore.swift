import CoursesAPI
import JSON
import Kit
import Telemetry

/// The questions that the use cases ask, in their words. What changes more than one thing, or tells of it, is one transaction.
protocol CourseStore: Sendable {
    func create(_ course: Course, _ once: Once<Course>) async throws
    func course(_ id: CourseID) async throws -> Course?
    /// Who writes the course and what of it is live, without its content.
    func standing(of id: CourseID) async throws -> CourseStanding?
    /// The page of a course, as JSON; nil while it is not open to everyone.
    func page(of id: CourseID) async throws -> Buffer?
    /// The lecture as a draft holds it.
    func draftLecture(_ id: LectureID) async throws -> FoundLecture?
    /// The lecture as the newest version holds it that has it, live or not.
    func publishedLecture(_ id: LectureID) async throws -> FoundLecture?
    /// Published courses of a category and those below it, last published first.
    func published(in categoryPath: String?, page: PageRequest) async throws -> Page<CourseSummary>
    /// Last edited first.
    func authored(by user: UserID, page: PageRequest) async throws -> Page<AuthoredCourse>
    func categories() async throws -> [Category]

    /// Replaces the draft; nil when its revision is not `revision` any more.
    func replaceDraft(of course: Course, with draft: CourseContent, at time: Timestamp) async throws -> Course?
    /// Makes the draft the live version and tells of it; nil when the draft is not at the course's revision any more.
    func publish(_ course: Course, as version: LiveVersion, by user: UserID, at time: Timestamp) async throws -> Course?
    /// Takes a published course out of the catalogue and tells of it; nil when the draft is not at the course's revision any more.
    func unlist(_ course: Course, at time: Timestamp) async throws -> Course?

    /// Keeps what became of a lecture's video, unless a later upload is known. An event that was dealt with changes nothing.
    func attach(_ asset: LectureAsset, to lecture: LectureID, of course: CourseID, event: Event, at time: Timestamp) async throws
    /// Counts a student, once an event. True when the new count was told of; not when the last one was told within `CountEnrollment.quietSeconds`.
    func countEnrollment(in course: CourseID, event: Event, at time: Timestamp) async throws -> Bool
    /// Tells of counts that were not told when they grew and have been quiet for long enough: of at most `limit` courses, which are returned.
    func tellCounts(limit: Int, at time: Timestamp) async throws -> [CourseID]
}
