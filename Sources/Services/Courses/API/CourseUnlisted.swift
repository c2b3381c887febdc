public import JSON
public import Kit

/// A course left catalogue and search; those who are enrolled keep it.
public struct CourseUnlisted: EventData, Equatable {
    public static let eventType = "lyceum.course.unlisted.v1"
    public static let eventSource = "/services/courses"

    /// The facts as of this event.
    public let listing: CourseListing

    public init(_ listing: CourseListing) { self.listing = listing }
    public var eventSubject: String { listing.courseID.description }

    public init(from fields: inout JSONFields) { listing = CourseListing(from: &fields) }
    public func write(to json: inout JSONWriter) { listing.write(to: &json) }
}
