public import JSON
public import Kit

/// The listing of a published course changed without a new version: a count, a price, a rating.
public struct CourseUpdated: EventData, Equatable {
    public static let eventType = "lyceum.course.updated.v1"
    public static let eventSource = "/services/courses"

    /// The facts as of this event.
    public let listing: CourseListing

    public init(_ listing: CourseListing) { self.listing = listing }
    public var eventSubject: String { listing.courseID.description }

    public init(from fields: inout JSONFields) { listing = CourseListing(from: &fields) }
    public func write(to json: inout JSONWriter) { listing.write(to: &json) }
}
