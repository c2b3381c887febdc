public import JSON
public import Kit

/// A student may learn a course.
public struct EnrollmentGranted: EventData, Equatable {
    public static let eventType = "lyceum.enrollment.granted.v1"
    public static let eventSource = "/services/enrollments"

    public let userID: UserID
    /// The course's id as text: this contract imports no other.
    public let courseID: String
    public let courseTitle: String
    /// `free`, `purchase` …
    public let grantKind: String
    /// Whether the student was not enrolled before.
    public let isFirst: Bool

    public init(userID: UserID, courseID: String, courseTitle: String, grantKind: String, isFirst: Bool) {
        self.userID = userID
        self.courseID = courseID
        self.courseTitle = courseTitle
        self.grantKind = grantKind
        self.isFirst = isFirst
    }
    public var eventSubject: String { "\(userID):\(courseID)" }

    public init(from fields: inout JSONFields) {
        userID = fields.id("userId")
        courseID = fields.string("courseId", length: 36...36)
        courseTitle = fields.string("courseTitle", length: 0...1000)
        grantKind = fields.string("grantKind", length: 1...20)
        isFirst = fields.bool("isFirst")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("userId", userID)
        json.field("courseId", courseID)
        json.field("courseTitle", courseTitle)
        json.field("grantKind", grantKind)
        json.field("isFirst", isFirst)
        json.endObject()
    }
}
