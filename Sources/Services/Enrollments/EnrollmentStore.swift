import CoursesAPI
import EnrollmentsAPI
import Kit
import Telemetry

/// The questions that the use cases ask, in their words. What changes more than one thing, or tells of it, is one transaction.
protocol EnrollmentStore: Sendable {
    /// What is known of a course; nil when nothing is.
    func facts(of course: CourseID) async throws -> CourseFacts?
    /// Keeps what the courses service told, unless something newer is known; an event that was kept before changes nothing.
    func keep(_ listing: CourseListing, of event: Event) async throws

    /// Makes the enrollment and the grant that `grant` gives, where they are missing, and tells of it. `grant` is asked in the transaction, with what
    /// is known of the course; what it throws leaves nothing.
    func enrol(
        _ user: UserID, in course: CourseID, at time: Timestamp, _ once: Once<Enrolled>, grant: (CourseFacts?) throws(EnrollmentsError) -> NewGrant
    ) async throws -> Enrolled
    func enrollment(of user: UserID, in course: CourseID) async throws -> (enrollment: Enrollment, lectures: [LectureShare])?
    func enrollments(of user: UserID, page: PageRequest) async throws -> Page<Enrollment>

    /// State and grants of a student in a course.
    func access(of user: UserID, to course: CourseID, at time: Timestamp) async throws -> Access
    func position(of user: UserID, in lecture: LectureID, of course: CourseID) async throws -> Int

    /// Merges what was watched, completes what is complete, and tells of it. Nil when the lecture is not one of the enrollment's version;
    /// throws when the report does not fit its kind.
    func record(_ report: ProgressReport, of user: UserID, in course: CourseID, at time: Timestamp) async throws -> (lecture: LectureShare, course: CourseShare)?
}

/// What came of enrolling.
struct Enrolled: Sendable {
    let enrollment: Enrollment
    /// False when the same grant was there already.
    let isNew: Bool
}

/// A grant to be made.
struct NewGrant: Sendable {
    let kind: Grant.Kind
    /// What it comes from: the same source grants once.
    let sourceKind: String
    let sourceID: String

    /// Enrolling in a course that costs nothing: once a student and course.
    static func free(_ course: CourseID) -> NewGrant { NewGrant(kind: .free, sourceKind: "free", sourceID: course.description) }
}

/// What a player reports.
struct ProgressReport: Sendable, Equatable {
    let lectureID: LectureID
    /// Half-open, in seconds.
    let intervals: [Range<Int>]
    let positionSeconds: Int?
    /// The student says that it is done: for what cannot be watched.
    let saysCompleted: Bool
}
