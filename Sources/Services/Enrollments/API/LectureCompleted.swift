public import JSON
public import Kit

/// A student completed a lecture.
public struct LectureCompleted: EventData, Equatable {
    public static let eventType = "lyceum.lecture.completed.v1"
    public static let eventSource = "/services/enrollments"

    public let userID: UserID
    public let courseID: String
    public let lectureID: String

    public init(userID: UserID, courseID: String, lectureID: String) {
        self.userID = userID
        self.courseID = courseID
        self.lectureID = lectureID
    }
    public var eventSubject: String { "\(userID):\(courseID)" }

    public init(from fields: inout JSONFields) {
        userID = fields.id("userId")
        courseID = fields.string("courseId", length: 36...36)
        lectureID = fields.string("lectureId", length: 36...36)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("userId", userID)
        json.field("courseId", courseID)
        json.field("lectureId", lectureID)
        json.endObject()
    }
}
