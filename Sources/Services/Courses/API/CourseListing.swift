public import Kit
public import Telemetry

/// The facts of a published course that the catalogue, the search index and enrollments are made of.
public struct CourseListing: Sendable, Equatable {
    public var courseID: CourseID
    /// Grows with each change of the course: the newer of two listings has the greater one.
    public var revision: Int
    public var versionID: VersionID
    public var state: CourseState
    public var slug: String
    public var title: String
    public var subtitle: String?
    /// Markdown, cut at 2,000 Unicode scalars.
    public var description: String?
    /// ISO 639.
    public var language: String
    public var levels: [CourseLevel]
    public var categoryIDs: [String]
    /// Paths of the categories (`development/web`), in the same order.
    public var categoryPaths: [String]
    /// Names of the categories, in the same order.
    public var categoryNames: [String]
    public var price: Money?
    /// Empty for courses that came from a catalogue whose instructors have no account.
    public var instructorIDs: [UserID]
    public var instructorNames: [String]
    public var objectives: [String]
    public var ratingAverage: Double?
    public var ratingCount: Int
    public var enrolledCount: Int
    public var lectures: [ListedLecture]
    /// Milliseconds of all lectures.
    public var durationMs: Int
    /// Where an imported course came from (`udemy`), else nil.
    public var source: String?
    public var publishedAt: Timestamp
    public var updatedAt: Timestamp

    public init(
        courseID: CourseID, revision: Int, versionID: VersionID, state: CourseState, slug: String, title: String, language: String,
        publishedAt: Timestamp, updatedAt: Timestamp
    ) {
        self.courseID = courseID
        self.revision = revision
        self.versionID = versionID
        self.state = state
        self.slug = slug
        self.title = title
        self.language = language
        self.publishedAt = publishedAt
        self.updatedAt = updatedAt
        levels = []
        categoryIDs = []
        categoryPaths = []
        categoryNames = []
        instructorIDs = []
        instructorNames = []
        objectives = []
        ratingCount = 0
        enrolledCount = 0
        lectures = []
        durationMs = 0
    }
}
