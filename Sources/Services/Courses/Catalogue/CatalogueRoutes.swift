import CoursesAPI
import HTTP
import JSON
import Kit

/// What everyone may see of courses, over HTTP.
struct CatalogueRoutes: Sendable {
    let store: any CourseStore
    let pages: any CoursePages
    let read: ReadLecture

    var routes: [Route] {
        [
            Route("GET", "/v1/categories", .anyone, handler: categories),
            Route("GET", "/v1/courses", .anyone, handler: list),
            Route("GET", "/v1/courses/{courseId}", .anyone, handler: get),
            Route("GET", "/v1/courses/{courseId}/lectures/{lectureId}", .optionalUser, handler: lecture),
        ]
    }

    private func categories(_ context: RequestContext) async throws -> Response {
        let categories = try await store.categories()
        let body = JSONWriter.object { $0.field("items", categories) }
        return Response.json(headers: [("cache-control", "public, max-age=60")], body).etag(ETag(hashing: body), for: context.request)
    }

    private func list(_ context: RequestContext) async throws -> Response {
        let wanted = try context.queryString("category", length: 1...Category.longestPath), page = try context.page()
        var path: String?
        if let wanted {
            guard let category = try await store.categories().first(where: { $0.id == wanted || $0.path == wanted }) else {
                return .page(Page<CourseSummary>(items: [], nextCursor: nil), for: context)
            }
            path = category.path
        }
        return .page(try await store.published(in: path, page: page), for: context)
    }

    private func get(_ context: RequestContext) async throws -> Response {
        let page = try await pages.page(of: try context.id("courseId"))
        return .json(headers: [("cache-control", "public, max-age=30")], page, for: context.request)
    }

    private func lecture(_ context: RequestContext) async throws -> Response {
        let course: CourseID = try context.id("courseId")
        let lecture = try await read(try context.id("lectureId"), of: course, for: context.principal)
        let body = JSONWriter.object { json in
            json.field("id", lecture.id)
            json.field("courseId", course)
            json.field("kind", lecture.kind.rawValue)
            json.field("title", lecture.title)
            json.field("article", lecture.article)
            json.field("url", lecture.url)
            json.field("durationMs", lecture.durationMs)
        }
        return Response.json(body).etag(ETag(hashing: body), for: context.request)
    }
}
