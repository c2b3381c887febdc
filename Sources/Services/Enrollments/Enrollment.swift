import CoursesAPI
import JSON
import Kit
import Telemetry

/// A student in a course, pinned to the version that was live when it began.
struct Enrollment: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// May learn as long as a grant is active.
        case active
        /// Completed every lecture; may go on as long as a grant is active.
        case completed
        /// Held back by support: no access whatever the grants say.
        case suspended
        /// Left the course: no access whatever the grants say.
        case withdrawn

        var allowsAccess: Bool { self == .active || self == .completed }
    }

    let userID: UserID
    let courseID: CourseID
    let courseTitle: String
    let versionID: VersionID
    var state: State
    let enrolledAt: Timestamp
    var lastActivityAt: Timestamp?
    var progress: CourseShare

    /// When it was last studied, or begun: what lists are ordered by.
    var activity: Timestamp { lastActivityAt ?? enrolledAt }
}

extension Enrollment {
    /// As it begins.
    init(of user: UserID, in course: CourseFacts, at time: Timestamp) {
        let none = CourseShare(completedLectures: 0, totalLectures: course.lectureCount, percent: 0)
        self.init(
            userID: user, courseID: course.courseID, courseTitle: course.title, versionID: course.versionID, state: .active, enrolledAt: time,
            lastActivityAt: nil, progress: none)
    }
}

/// How much of a course is done.
struct CourseShare: Sendable, Equatable {
    let completedLectures: Int
    let totalLectures: Int
    /// 0 to 100; 100 only when every lecture is completed.
    let percent: Int

    /// From the share of each lecture. A completed lecture counts whole, a video that was begun in part.
    init(lectures: [LectureShare]) {
        completedLectures = lectures.count { $0.isCompleted }
        totalLectures = lectures.count
        let done = lectures.reduce(0.0) { $0 + ($1.isCompleted ? 1 : Double($1.percent) / 100) }
        let whole = lectures.isEmpty ? 0 : Int(done / Double(lectures.count) * 100)
        percent = completedLectures == totalLectures ? (lectures.isEmpty ? 0 : 100) : min(whole, 99)
    }

    /// As it was counted before.
    init(completedLectures: Int, totalLectures: Int, percent: Int) {
        self.completedLectures = completedLectures
        self.totalLectures = totalLectures
        self.percent = percent
    }

    var isComplete: Bool { totalLectures > 0 && completedLectures == totalLectures }
}

extension Enrollment: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("courseId", courseID)
        json.field("courseTitle", courseTitle)
        json.field("versionId", versionID)
        json.field("state", state.rawValue)
        json.field("enrolledAt", enrolledAt)
        json.field("lastActivityAt", lastActivityAt)
        json.field("completedLectures", progress.completedLectures)
        json.field("totalLectures", progress.totalLectures)
        json.field("percent", progress.percent)
    }
}
