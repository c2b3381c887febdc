public import JSON
public import Kit

/// A student completed every lecture of a course.
public struct CourseCompleted: EventData, Equatable {
    public static let eventType = "lyceum.course.completed.v1"
    public static let eventSource = "/services/enrollments"

    public let userID: UserID
    public let courseID: String

    public init(userID: UserID, courseID: String) {
        self.userID = userID
        self.courseID = courseID
    }
    public var eventSubject: String { "\(userID):\(courseID)" }

    public init(from fields: inout JSONFields) {
        userID = fields.id("userId")
        courseID = fields.string("courseId", length: 36...36)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("userId", userID)
        json.field("courseId", courseID)
        json.endObject()
    }
}
