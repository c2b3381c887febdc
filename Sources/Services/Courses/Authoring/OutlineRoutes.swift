import CoursesAPI
import HTTP
import JSON
import Kit

/// Sections and lectures of a draft over HTTP.
struct OutlineRoutes: Sendable {
    let edit: EditDraft

    var routes: [Route] {
        let draft = "/v1/courses/{courseId}/draft"
        return [
            Route("POST", "\(draft)/sections", .signedIn, handler: addSection),
            Route("PATCH", "\(draft)/sections/{sectionId}", .signedIn, handler: editSection),
            Route("DELETE", "\(draft)/sections/{sectionId}", .signedIn, handler: removeSection),
            Route("POST", "\(draft)/sections/{sectionId}/lectures", .signedIn, handler: addLecture),
            Route("PATCH", "\(draft)/lectures/{lectureId}", .signedIn, handler: editLecture),
            Route("DELETE", "\(draft)/lectures/{lectureId}", .signedIn, handler: removeLecture),
        ]
    }

    private func addSection(_ context: RequestContext) async throws -> Response {
        let condition = try context.ifMatch()
        let (title, position) = try await context.fields { ($0.string("title", length: 1...120), $0.optionalInt("position", in: 0...500)) }
        let section = Section(id: SectionID(), title: title)
        let course = try await apply(.addSection(section, at: position), context, condition)
        return grown(course, at: "sections/\(section.id)")
    }

    private func editSection(_ context: RequestContext) async throws -> Response {
        let condition = try context.ifMatch()
        let id: SectionID = try context.id("sectionId")
        let (title, position) = try await context.fields { ($0.optionalString("title", length: 1...120), $0.optionalInt("position", in: 0...500)) }
        return DraftRoutes.response(try await apply(.editSection(id, title: title, position: position), context, condition), context)
    }

    private func removeSection(_ context: RequestContext) async throws -> Response {
        DraftRoutes.response(try await apply(.removeSection(try context.id("sectionId")), context, try context.ifMatch()), context)
    }

    private func addLecture(_ context: RequestContext) async throws -> Response {
        let condition = try context.ifMatch()
        let section: SectionID = try context.id("sectionId")
        let (lecture, position) = try await context.fields { (Self.lecture(from: &$0), $0.optionalInt("position", in: 0...500)) }
        let course = try await apply(.addLecture(lecture, to: section, at: position), context, condition)
        return grown(course, at: "lectures/\(lecture.id)")
    }

    static func lecture(from fields: inout JSONFields) -> Lecture {
        let kind = fields.choice("kind", LectureKind.self) ?? .article
        var lecture = Lecture(id: LectureID(), kind: kind, title: fields.string("title", length: 1...120), isPreview: fields.optionalBool("isPreview") ?? false)
        lecture.article = fields.optionalString("article", length: 1...50_000)
        lecture.url = url(from: &fields)
        if lecture.article != nil, kind != .article { fields.fail("article", "is for lectures of the kind article") }
        if lecture.url != nil, kind != .resource { fields.fail("url", "is for lectures of the kind resource") }
        return lecture
    }

    /// Students follow it, so it is https and names a host.
    private static func url(from fields: inout JSONFields) -> String? {
        guard let text = fields.optionalString("url", length: 1...2000) else { return nil }
        let url = ConnectionURL(text)
        if url?.scheme != "https" || url?.host.isEmpty ?? true { fields.fail("url", "must be an https address") }
        return text
    }

    private func editLecture(_ context: RequestContext) async throws -> Response {
        let condition = try context.ifMatch()
        let id: LectureID = try context.id("lectureId")
        let changes = try await context.fields { fields in
            OutlineEdit.LectureChanges(
                title: fields.optionalString("title", length: 1...120), article: fields.optionalString("article", length: 1...50_000),
                url: Self.url(from: &fields), isPreview: fields.optionalBool("isPreview"), section: fields.optionalID("sectionId"),
                position: fields.optionalInt("position", in: 0...500))
        }
        return DraftRoutes.response(try await apply(.editLecture(id, changes), context, condition), context)
    }

    private func removeLecture(_ context: RequestContext) async throws -> Response {
        DraftRoutes.response(try await apply(.removeLecture(try context.id("lectureId")), context, try context.ifMatch()), context)
    }

    private func apply(_ change: OutlineEdit, _ context: RequestContext, _ condition: IfMatch) async throws -> Course {
        try await edit(try context.id("courseId"), by: try context.user(), condition, change)
    }

    private func grown(_ course: Course, at place: String) -> Response {
        .created(location: "/v1/courses/\(course.id)/draft/\(place)", etag: ETag(revision: course.draftRevision), DraftView(course: course))
    }
}
