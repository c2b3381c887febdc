import CoursesAPI
import JSON
import Kit

/// A change of the outline: sections and lectures, their order and content. A pure function of the draft.
enum OutlineEdit: Sendable, Equatable {
    case addSection(Section, at: Int?)
    case editSection(SectionID, title: String?, position: Int?)
    case removeSection(SectionID)
    case addLecture(Lecture, to: SectionID, at: Int?)
    case editLecture(LectureID, LectureChanges)
    case removeLecture(LectureID)

    /// Fields of a lecture that change; nil stays.
    struct LectureChanges: Sendable, Equatable {
        var title: String?
        var article: String?
        var url: String?
        var isPreview: Bool?
        var section: SectionID?
        var position: Int?
    }

    func applied(to content: CourseContent) throws(CoursesError) -> CourseContent {
        var edited = content
        switch self {
        case .addSection(let section, let place):
            guard content.sections.count < CourseContent.maximumSections else { throw Self.tooMany("sections", CourseContent.maximumSections) }
            edited.sections.insert(section, at: Self.place(place, of: content.sections.count))
        case .editSection(let id, let title, let position):
            guard let at = content.sections.firstIndex(where: { $0.id == id }) else { throw .noSuchSection }
            if let title { edited.sections[at].title = title }
            if let position {
                let section = edited.sections.remove(at: at)
                edited.sections.insert(section, at: Self.place(position, of: edited.sections.count))
            }
        case .removeSection(let id):
            guard let at = content.sections.firstIndex(where: { $0.id == id }) else { throw .noSuchSection }
            edited.sections.remove(at: at)
        case .addLecture(let lecture, let section, let place):
            guard content.lectures.count < CourseContent.maximumLectures else { throw Self.tooMany("lectures", CourseContent.maximumLectures) }
            try Self.insert(lecture, in: section, at: place, of: &edited)
        case .editLecture(let id, let changes):
            try Self.edit(id, changes, in: &edited)
        case .removeLecture(let id):
            _ = try Self.remove(id, from: &edited)
        }
        return edited
    }

    private static func edit(_ id: LectureID, _ changes: LectureChanges, in content: inout CourseContent) throws(CoursesError) {
        guard let from = content.sections.firstIndex(where: { $0.lectures.contains { $0.id == id } }),
              let at = content.sections[from].lectures.firstIndex(where: { $0.id == id })
        else { throw .noSuchLecture }
        var lecture = content.sections[from].lectures[at]
        if changes.article != nil, lecture.kind != .article { throw wrongKind("article", lecture.kind) }
        if changes.url != nil, lecture.kind != .resource { throw wrongKind("url", lecture.kind) }
        if let title = changes.title { lecture.title = title }
        if let article = changes.article { lecture.article = article }
        if let url = changes.url { lecture.url = url }
        if let isPreview = changes.isPreview { lecture.isPreview = isPreview }
        content.sections[from].lectures[at] = lecture
        guard changes.section != nil || changes.position != nil else { return }
        content.sections[from].lectures.remove(at: at)
        try insert(lecture, in: changes.section ?? content.sections[from].id, at: changes.position ?? (changes.section == nil ? at : nil), of: &content)
    }

    private static func insert(_ lecture: Lecture, in section: SectionID, at position: Int?, of content: inout CourseContent) throws(CoursesError) {
        guard let at = content.sections.firstIndex(where: { $0.id == section }) else { throw .noSuchSection }
        content.sections[at].lectures.insert(lecture, at: place(position, of: content.sections[at].lectures.count))
    }

    private static func remove(_ id: LectureID, from content: inout CourseContent) throws(CoursesError) -> Lecture {
        for section in content.sections.indices {
            if let at = content.sections[section].lectures.firstIndex(where: { $0.id == id }) { return content.sections[section].lectures.remove(at: at) }
        }
        throw .noSuchLecture
    }

    /// Beyond the end is the end.
    private static func place(_ position: Int?, of count: Int) -> Int { min(position ?? count, count) }

    private static func tooMany(_ what: String, _ limit: Int) -> CoursesError {
        .invalid([FieldError(pointer: "", detail: "a course has at most \(limit) \(what)")])
    }
    private static func wrongKind(_ field: String, _ kind: LectureKind) -> CoursesError {
        .invalid([FieldError(pointer: "/\(field)", detail: "is not for a lecture of the kind \(kind.rawValue)")])
    }
}
