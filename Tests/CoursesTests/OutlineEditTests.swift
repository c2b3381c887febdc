import CoursesAPI
import Kit
import Testing
@testable import Courses

@Suite("Editing an outline")
struct OutlineEditTests {
    static func lecture(_ title: String, _ kind: LectureKind = .article) -> Lecture { Lecture(id: LectureID(), kind: kind, title: title, isPreview: false) }

    /// Two sections: a, b and c.
    static let content: CourseContent = {
        var content = CourseContent(title: "Course")
        content.sections = [
            Section(id: SectionID(), title: "One", lectures: [lecture("a"), lecture("b", .video)]),
            Section(id: SectionID(), title: "Two", lectures: [lecture("c", .resource)]),
        ]
        return content
    }()
    static func titles(_ content: CourseContent) -> [[String]] { content.sections.map { $0.lectures.map(\.title) } }

    @Test("sections are added at a place, beyond the end at the end")
    func sections() throws {
        let new = Section(id: SectionID(), title: "New")
        #expect(try OutlineEdit.addSection(new, at: 0).applied(to: Self.content).sections.map(\.title) == ["New", "One", "Two"])
        #expect(try OutlineEdit.addSection(new, at: 99).applied(to: Self.content).sections.map(\.title) == ["One", "Two", "New"])
        let moved = OutlineEdit.editSection(Self.content.sections[1].id, title: "2", position: 0)
        #expect(try moved.applied(to: Self.content).sections.map(\.title) == ["2", "One"])
        #expect(try OutlineEdit.removeSection(Self.content.sections[0].id).applied(to: Self.content).sections.map(\.title) == ["Two"])
        #expect(throws: CoursesError.noSuchSection) { try OutlineEdit.removeSection(SectionID()).applied(to: Self.content) }
    }

    @Test("lectures move within a section and between sections, and keep their ids")
    func moves() throws {
        let a = Self.content.sections[0].lectures[0]
        let within = OutlineEdit.editLecture(a.id, .init(position: 1))
        #expect(try Self.titles(within.applied(to: Self.content)) == [["b", "a"], ["c"]])
        let across = try OutlineEdit.editLecture(a.id, .init(section: Self.content.sections[1].id, position: 0)).applied(to: Self.content)
        #expect(Self.titles(across) == [["b"], ["a", "c"]])
        #expect(across.lecture(a.id) == a)
        #expect(throws: CoursesError.noSuchSection) { try OutlineEdit.editLecture(a.id, .init(section: SectionID())).applied(to: Self.content) }
    }

    @Test("a field that is not of the lecture's kind is refused")
    func kinds() throws {
        let (article, video) = (Self.content.sections[0].lectures[0].id, Self.content.sections[0].lectures[1].id)
        #expect(try OutlineEdit.editLecture(article, .init(article: "text")).applied(to: Self.content).lecture(article)?.article == "text")
        #expect(throws: CoursesError.self) { try OutlineEdit.editLecture(video, .init(article: "text")).applied(to: Self.content) }
        #expect(throws: CoursesError.self) { try OutlineEdit.editLecture(article, .init(url: "https://example.org")).applied(to: Self.content) }
        #expect(throws: CoursesError.noSuchLecture) { try OutlineEdit.removeLecture(LectureID()).applied(to: Self.content) }
    }

    @Test("a course takes five hundred lectures and not one more")
    func limit() throws {
        var content = Self.content
        content.sections[0].lectures = (0..<499).map { Self.lecture("\($0)") }
        #expect(content.lectures.count == 500)
        #expect(throws: CoursesError.self) { try OutlineEdit.addLecture(Self.lecture("x"), to: content.sections[1].id, at: nil).applied(to: content) }
    }

    @Test("everything that is missing before publication is named with its place")
    func missing() {
        var content = Self.content
        content.price = nil
        #expect(PublishCourse.missing(in: content).map(\.pointer) == [
            "/price", "/categoryIds", "/sections/0/lectures/0", "/sections/0/lectures/1", "/sections/1/lectures/0",
        ])
        #expect(PublishCourse.missing(in: CourseContent(title: "x")).map(\.pointer) == ["/sections", "/price", "/categoryIds"])
        content.price = Money(amount: 0, currency: "EUR")
        content.categoryIDs = ["design"]
        content.sections[0].lectures[0].article = "text"
        content.sections[0].lectures[1].asset = LectureAsset(id: "1", state: .refused, detail: "too short")
        content.sections[1].lectures[0].url = "https://example.org"
        #expect(PublishCourse.missing(in: content).map(\.detail) == ["b: the video was refused: too short"])
        content.sections[0].lectures[1].asset = LectureAsset(id: "1", state: .ready)
        #expect(PublishCourse.missing(in: content).isEmpty)
    }

    @Test("a slug keeps letters of every script, and is never empty", arguments: [
        ("Swift from Scratch!", "swift-from-scratch"), ("  C++ & C# ", "c-c"), ("Cocina española", "cocina-española"), ("日本語 入門", "日本語-入門"),
        ("!!!", "course"),
    ])
    func slugs(title: String, slug: String) { #expect(Slug.make(title) == slug) }
}
