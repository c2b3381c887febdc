import CoursesAPI
import HTTP
import JSON
import Kit

/// What other services ask: whether a student may, and where a player should start.
struct AccessRoutes: Sendable {
    let store: any EnrollmentStore
    let clock: WallClock

    var routes: [Route] {
        [
            Route("GET", "/internal/v1/users/{userId}/courses/{courseId}/access", .service(["courses", "delivery"]), handler: access),
            Route("GET", "/internal/v1/users/{userId}/courses/{courseId}/lectures/{lectureId}/position", .service(["delivery"]), handler: position),
        ]
    }

    private func access(_ context: RequestContext) async throws -> Response {
        .json(try await store.access(of: try context.id("userId"), to: try context.id("courseId"), at: clock.now()))
    }

    private func position(_ context: RequestContext) async throws -> Response {
        let seconds = try await store.position(of: try context.id("userId"), in: try context.id("lectureId"), of: try context.id("courseId"))
        return .json(JSONWriter.object { $0.field("positionSeconds", seconds) })
    }
}
