import CoursesAPI
import Kit

/// What an instructor writes: the draft, and, once published, a version that never changes.
struct CourseContent: Sendable, Equatable {
    /// A course with more is refused: it has to stay one document.
    static let maximumLectures = 500
    static let maximumSections = 100
    /// Of all its text, in UTF-8.
    static let maximumBytes = 1 << 20

    var title: String
    var subtitle: String?
    /// Markdown.
    var description: String?
    var language = "en"
    var levels: [CourseLevel] = []
    var categoryIDs: [String] = []
    var price: Money?
    var objectives: [String] = []
    var requirements: [String] = []
    var audience: [String] = []
    var sections: [Section] = []

    var lectures: [Lecture] { sections.flatMap(\.lectures) }
    func lecture(_ id: LectureID) -> Lecture? { lectures.first { $0.id == id } }

    /// Of all its text, in UTF-8.
    var bytes: Int {
        let lists = (levels.map(\.rawValue) + categoryIDs + objectives + requirements + audience).reduce(0) { $0 + $1.utf8.count }
        let page = title.utf8.count + (subtitle?.utf8.count ?? 0) + (description?.utf8.count ?? 0) + lists
        return sections.reduce(page) { $0 + $1.title.utf8.count + $1.lectures.reduce(0) { $0 + $1.bytes } }
    }

    var durationMs: Int { lectures.reduce(0) { $0 + ($1.durationMs ?? 0) } }
}

/// A part of a course.
struct Section: Sendable, Equatable {
    let id: SectionID
    var title: String
    var lectures: [Lecture] = []
}

/// One lecture. Its id stays the same from version to version, so progress survives a republish.
struct Lecture: Sendable, Equatable {
    let id: LectureID
    let kind: LectureKind
    var title: String
    var isPreview: Bool
    /// Markdown, of an article.
    var article: String?
    /// Of a resource.
    var url: String?
    /// Of a video; nil until one was uploaded and dealt with.
    var asset: LectureAsset?

    var durationMs: Int? { asset?.durationMs }
    var bytes: Int { title.utf8.count + (article?.utf8.count ?? 0) + (url?.utf8.count ?? 0) }
    var listed: ListedLecture { ListedLecture(id: id, kind: kind, durationMs: durationMs, isPreview: isPreview) }
}

/// What became of the video of a lecture.
struct LectureAsset: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable { case ready, refused, failed }

    let id: String
    let state: State
    var durationMs: Int?
    var bytes: Int?
    var width: Int?
    var height: Int?
    /// Of the stream, in the object store.
    var streamPath: String?
    var reason: String?
    var detail: String?
}
