public import JSON
public import Kit

/// A version of a course went live.
public struct CoursePublished: EventData, Equatable {
    public static let eventType = "lyceum.course.published.v1"
    public static let eventSource = "/services/courses"

    /// The facts as of this event.
    public let listing: CourseListing

    public init(_ listing: CourseListing) { self.listing = listing }
    public var eventSubject: String { listing.courseID.description }

    public init(from fields: inout JSONFields) { listing = CourseListing(from: &fields) }
    public func write(to json: inout JSONWriter) { listing.write(to: &json) }
}
