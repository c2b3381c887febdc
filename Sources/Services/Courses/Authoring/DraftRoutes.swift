import CoursesAPI
import HTTP
import JSON
import Kit
import Telemetry

/// Writing a course over HTTP.
struct DraftRoutes: Sendable {
    let store: any CourseStore
    let create: CreateCourse
    let edit: EditDraft
    let publish: PublishCourse
    let answers: any IdempotencyStore

    var routes: [Route] {
        [
            Route("POST", "/v1/courses", .role([.instructor]), idempotency: .required, handler: post),
            Route("GET", "/v1/me/authored-courses", .role([.instructor]), handler: list),
            Route("GET", "/v1/courses/{courseId}/draft", .signedIn, handler: get),
            Route("PATCH", "/v1/courses/{courseId}/draft", .signedIn, handler: patch),
            Route("POST", "/v1/courses/{courseId}/publish", .signedIn, handler: publishDraft),
            Route("POST", "/v1/courses/{courseId}/unlist", .signedIn, handler: unlist),
        ]
    }

    private func post(_ context: RequestContext) async throws -> Response {
        let edit = try await context.fields { CourseEdit(from: &$0, needsTitle: true) }
        let user = try context.userID
        return try await context.once(answers) { course in
            .created(location: "/v1/courses/\(course.id)/draft", etag: ETag(revision: course.draftRevision), DraftView(course: course))
        } effect: { once in
            try await create(edit, by: user, once)
        }
    }

    private func list(_ context: RequestContext) async throws -> Response {
        let page = try await store.authored(by: context.userID, page: try context.page())
        return .page(page.map(AuthoredView.init), for: context)
    }

    private func get(_ context: RequestContext) async throws -> Response {
        Self.response(try await edit.read(try context.id("courseId"), by: try context.user()), context)
    }

    private func patch(_ context: RequestContext) async throws -> Response {
        let condition = try context.ifMatch()
        let change = try await context.fields { CourseEdit(from: &$0, needsTitle: false) }
        return Self.response(try await edit(try context.id("courseId"), by: try context.user(), condition, change), context)
    }

    private func publishDraft(_ context: RequestContext) async throws -> Response {
        let course = try await publish(try context.id("courseId"), by: try context.user(), try context.ifMatch())
        guard let live = course.live else { throw Problem.internalError() }
        let body = JSONWriter.object { json in
            json.field("courseId", course.id)
            json.field("versionId", live.id)
            json.field("number", live.number)
            json.field("publishedAt", live.publishedAt.rfc3339)
        }
        return Response.json(headers: [("etag", ETag(revision: course.draftRevision).description)], body)
    }

    private func unlist(_ context: RequestContext) async throws -> Response {
        Self.response(try await publish.unlist(try context.id("courseId"), by: try context.user(), try context.ifMatch()), context)
    }

    static func response(_ course: Course, _ context: RequestContext) -> Response {
        Response.json(DraftView(course: course)).etag(ETag(revision: course.draftRevision), for: context.request)
    }

    private struct AuthoredView: JSONWritable {
        let course: AuthoredCourse
        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", course.id)
            json.field("title", course.title)
            json.field("state", course.state.rawValue)
            json.field("revision", course.draftRevision)
            json.field("updatedAt", course.updatedAt.rfc3339)
            json.endObject()
        }
    }
}
