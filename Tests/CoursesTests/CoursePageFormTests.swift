import CoursesAPI
import JSON
import Kit
import Mongo
import Stores
import Telemetry
import Testing
@testable import Courses

@Suite("The page of a course from MongoDB's bytes")
struct CoursePageFormTests {
    /// What MongoDB answers for a course and a version: all of both, which is more than the page asks for.
    private static func answer(_ course: Course, _ content: CourseContent) -> BSONDocument {
        course.bson.merging([
            "version": ["_id": .id(course.live?.id), "courseId": .id(course.id), "number": 1, "content": .document(content.bson), "by": .id(UserID())],
        ])
    }

    private static func page(_ answer: BSONDocument) throws -> String? { try BSONBytes(answer.encoded()).withView { try MongoCoursePage.json(of: $0) }?.text }

    private static let time = Timestamp(microseconds: 1_800_000_000_123_000)

    private static func course(_ content: CourseContent, categories: [Courses.Category] = [], instructors: [LiveVersion.Instructor] = [], average: Double? = nil) -> Course {
        let live = LiveVersion(
            id: VersionID(), number: 3, publishedAt: time, title: content.title, subtitle: content.subtitle, language: content.language, levels: content.levels,
            categories: categories, price: content.price, instructors: instructors, lectures: content.lectures.map(\.listed),
            lectureCount: content.lectures.count, durationMs: content.durationMs, source: "somewhere")
        return Course(
            id: CourseID(), slug: "a-course", ownerID: UserID(), instructorIDs: [UserID()], state: .published, revision: 7, draftRevision: 9,
            draft: CourseContent(title: "What nobody sees yet"), live: live, rating: Course.Rating(average: average, count: average == nil ? 0 : 12),
            enrolledCount: 345, createdAt: time, updatedAt: time.adding(seconds: 60))
    }

    private static var full: (Course, CourseContent) {
        var content = CourseContent(title: "All \"of\" it \\ é 😀")
        content.subtitle = "With\tcontrol\u{1}s"
        content.description = "# Markdown\n\nSeveral lines.\r\n"
        content.levels = [.beginner, .all]
        content.price = Money(amount: 1999, currency: "EUR")
        content.objectives = ["One", "Two \"quoted\""]
        content.requirements = ["A machine"]
        content.audience = ["Everybody", ""]
        let ready = LectureAsset(id: "a", state: .ready, durationMs: 61_001, bytes: 5, width: 640, height: 360, streamPath: "streams/secret")
        let failed = LectureAsset(id: "b", state: .failed, reason: "reason", detail: "detail")
        content.sections = [
            Section(id: SectionID(), title: "First", lectures: [
                Lecture(id: LectureID(), kind: .video, title: "Film", isPreview: true, asset: ready),
                Lecture(id: LectureID(), kind: .video, title: "Not yet", isPreview: false),
                Lecture(id: LectureID(), kind: .video, title: "Broken", isPreview: false, asset: failed),
                Lecture(id: LectureID(), kind: .article, title: "Text", isPreview: false, article: "What only students read"),
                Lecture(id: LectureID(), kind: .resource, title: "Link", isPreview: false, url: "https://example.org/secret"),
            ]),
            Section(id: SectionID(), title: "Empty"),
        ]
        let course = course(
            content, categories: [Category("development", "Development"), Category("development/web", "Web \"2\"")],
            instructors: [LiveVersion.Instructor(id: UserID(), displayName: "Ada"), LiveVersion.Instructor(id: nil, displayName: "Imported")], average: 4.37)
        return (course, content)
    }

    private static var free: (Course, CourseContent) {
        var content = CourseContent(title: "Free")
        content.price = Money(amount: 0, currency: "USD")
        return (course(content, average: 4), content)
    }

    private static func imported() throws -> (Course, CourseContent) {
        let line = #"{"id":"7","title":"Imported","category":"IT & Software","subcategory":"Security","rating":4.5,"instructors":["A"],"price":19.99,"num_lectures":12}"#
        let made = ImportedCourse(try CatalogueLine(Array(line.utf8)), at: time)
        return (made.course, made.course.draft)
    }

    @Test("is byte for byte the one that the model writes, for full and minimal courses, paid, free and imported ones")
    func same() throws {
        let minimal = CourseContent(title: "Minimal")
        for (course, content) in [Self.full, Self.free, (Self.course(minimal), minimal), try Self.imported()] {
            let written = try #require(try Self.page(Self.answer(course, content)))
            #expect(written == ModelledPage(course: try #require(course.listed), content: content).jsonBuffer.text)
        }
    }

    @Test("holds nothing that was not named, whatever else lies in the documents")
    func onlyNamed() throws {
        let (course, content) = Self.full
        var answer = Self.answer(course, content)
        answer["secret"] = "secret-1"
        answer["live"] = .document(try answer.document("live").merging(["secret": "secret-2"]))
        answer["version"] = .document(try answer.document("version").merging(["secret": ["a": "secret-3"]]))
        let page = try #require(try Self.page(answer))
        for hidden in ["secret", "What nobody sees yet", "What only students read", "somewhere", "detail"] { #expect(!page.contains(hidden), "\(hidden)") }
    }

    @Test("of a course that is not open there is none, and a document that does not fit is an error that says where")
    func refused() throws {
        let (course, content) = Self.full
        for state in CourseState.allCases where !state.isOpen {
            var answer = Self.answer(course, content)
            answer["state"] = .string(state.rawValue)
            #expect(try Self.page(answer) == nil)
        }
        var answer = Self.answer(course, content)
        answer["live"] = .document(try answer.document("live").merging(["price": ["amount": "1999", "currency": "EUR"]]))
        #expect(throws: BSONError(path: "live.price.amount", .kind(expected: .int64, found: .string))) { try Self.page(answer) }
    }
}
