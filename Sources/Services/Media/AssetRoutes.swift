import CoursesAPI
import HTTP
import JSON
import Kit
import MediaAPI

/// How far the processing of an upload is, or why it was refused, over HTTP.
struct AssetRoutes: Sendable {
    let store: any UploadStore

    var routes: [Route] {
        [
            Route("GET", "/v1/assets/{assetId}", .signedIn, handler: get),
            Route("GET", "/v1/courses/{courseId}/assets", .signedIn, handler: list),
        ]
    }

    private func get(_ context: RequestContext) async throws -> Response {
        let principal = try context.user()
        guard let asset = try await store.asset(try context.id("assetId")), asset.ownerID == principal.userID || principal.has(.admin) else {
            throw MediaError.noSuchAsset
        }
        let body = asset.jsonBuffer
        return Response.json(body).etag(ETag(hashing: body), for: context.request)
    }

    private func list(_ context: RequestContext) async throws -> Response {
        let course: CourseID = try context.id("courseId")
        return .page(try await store.assets(of: course.description, owner: context.userID, page: try context.page()), for: context)
    }
}
