import CoursesAPI
import Kit
import Telemetry

/// The questions that the use cases ask, in their words. What changes more than one thing, or tells of it, is one transaction.
protocol CourseStore: Sendable {
    func create(_ course: Course) async throws
    func course(_ id: CourseID) async throws -> Course?
    /// The course that holds the lecture, in its draft or live.
    func course(with lecture: LectureID) async throws -> Course?
    /// The content of a version.
    func version(_ id: VersionID) async throws -> CourseContent?
    func published(in categoryPath: String?, page: PageRequest) async throws -> Page<Course>
    func authored(by user: UserID, page: PageRequest) async throws -> Page<Course>
    func categories() async throws -> [Category]

    /// Replaces the draft; nil when its revision is not `revision` any more.
    func replaceDraft(of course: Course, with draft: CourseContent, at time: Timestamp) async throws -> Course?
    /// Makes the draft the live version and tells of it; nil when the draft is not at the course's revision any more.
    func publish(_ course: Course, as version: LiveVersion, by user: UserID, at time: Timestamp) async throws -> Course?
    /// Takes a published course out of the catalogue and tells of it; nil when the draft is not at the course's revision any more.
    func unlist(_ course: Course, at time: Timestamp) async throws -> Course?

    /// Keeps what became of a lecture's video, unless a later upload is known. An event that was dealt with changes nothing.
    func attach(_ asset: LectureAsset, to lecture: LectureID, of course: CourseID, event: Event, at time: Timestamp) async throws
    /// Counts a student and tells of it, once an event.
    func countEnrollment(in course: CourseID, event: Event, at time: Timestamp) async throws
}
